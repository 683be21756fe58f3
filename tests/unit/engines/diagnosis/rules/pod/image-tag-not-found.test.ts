import { imageTagNotFound } from '../../../../../../src/engines/diagnosis/rules/pod/image-tag-not-found.ts';
import {
  aContainer,
  aDeployment,
  anEvent,
  anObject,
  aPod,
  aSnapshot,
  ownedBy,
  waiting,
} from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const notFound =
  'Back-off pulling image "registry.example/app:9": ErrImagePull: rpc error: code = NotFound desc = failed to pull and ' +
  'unpack image "registry.example/app:9": failed to resolve reference "registry.example/app:9": registry.example/app:9: not found';
const pulling = (message: string) =>
  aContainer('app', { image: 'registry.example/app:9', ...waiting('ImagePullBackOff', message) });

const rolledOut = aDeployment('api', { pod: { containers: [pulling(notFound)] } });
const oldRevision = anObject('ReplicaSet', 'api-old', {
  metadata: { ...ownedBy(rolledOut.deployment), annotations: { 'deployment.kubernetes.io/revision': '0' } },
  spec: { template: { spec: { containers: [{ name: 'app', image: 'registry.example/app:8' }] } } },
});

testRule(imageTagNotFound, {
  silent: {
    'a running container': aSnapshot({ objects: [aPod('web')] }),
    'a pull that was denied': aSnapshot({
      objects: [aPod('web', { containers: [pulling('pull access denied: 401 Unauthorized')] })],
    }),
    'a back-off without the real error and no event': aSnapshot({
      objects: [aPod('web', { containers: [pulling('Back-off pulling image "registry.example/app:9"')] })],
    }),
    'a terminating pod': aSnapshot({
      objects: [
        aPod('web', { metadata: { deletionTimestamp: '2026-11-23T11:59:00Z' }, containers: [pulling(notFound)] }),
      ],
    }),
  },
  speaks: {
    'from the status alone': [
      aSnapshot({ objects: [aPod('web', { containers: [pulling(notFound)] })] }),
      {
        object: 'Pod/web',
        problem: 'cannot pull registry.example/app:9: the registry has no tag 9',
        evidence: ['not found'],
        certainty: 'declared',
      },
    ],
    'from the event when the status lost the error': [
      aSnapshot({
        objects: [
          aPod('web', { containers: [pulling('')] }),
          anEvent(aPod('web'), 'Failed', 'Failed to pull image "registry.example/app:9": manifest unknown'),
        ],
      }),
      { object: 'Pod/web', evidence: ['manifest unknown'] },
    ],
    'with the tag that other pods run': [
      aSnapshot({
        objects: [
          aPod('web', { containers: [pulling(notFound)] }),
          aPod('old', { containers: [aContainer('app', { image: 'registry.example/app:8' })] }),
        ],
      }),
      { object: 'Pod/web', problem: '(other pods run 8)' },
    ],
    'with the revision to go back to': [
      aSnapshot({ objects: [...rolledOut.all, oldRevision] }),
      { object: 'Pod/api-5d8f-0', fix: '"object":"deployment/api","namespace":"shop","revision":0' },
    ],
  },
});
