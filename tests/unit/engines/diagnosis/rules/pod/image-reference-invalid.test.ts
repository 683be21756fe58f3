import { imageReferenceInvalid } from '../../../../../../src/engines/diagnosis/rules/pod/image-reference-invalid.ts';
import { aContainer, aDeployment, anEvent, aPod, aSnapshot, waiting } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const invalid = (image: string) =>
  aPod('web', {
    containers: [
      aContainer('app', {
        image,
        ...waiting(
          'InvalidImageName',
          `Failed to apply default image tag "${image}": couldn't parse image name "${image}": invalid reference format: repository name (x) must be lowercase`,
        ),
      }),
    ],
  });
const never = (message: string) =>
  aPod('web', {
    containers: [
      aContainer('app', { image: 'app:1', imagePullPolicy: 'Never', ...waiting('ErrImageNeverPull', message) }),
    ],
  });
const refused = aDeployment('api', { replicas: 0, spec: { replicas: 1 } });

testRule(imageReferenceInvalid, {
  silent: {
    'a tag that does not exist': aSnapshot({
      objects: [
        aPod('web', {
          containers: [aContainer('app', waiting('ErrImagePull', 'registry.example/app:1.0: not found'))],
        }),
      ],
    }),
    'a refusal for another reason': aSnapshot({
      objects: [
        ...refused.all,
        anEvent(refused.replicaSet, 'FailedCreate', 'Error creating: pods "api-5d8f-" is forbidden: exceeded quota: q'),
      ],
    }),
    'a policy Never whose image is there': aSnapshot({
      objects: [aPod('web', { containers: [aContainer('app', { imagePullPolicy: 'Never' })] })],
    }),
  },
  speaks: {
    'of an upper-case letter': [
      aSnapshot({ objects: [invalid('Registry.test/Team/Api:1.0')] }),
      {
        object: 'Pod/web',
        problem:
          'cannot pull "Registry.test/Team/Api:1.0": the repository has the upper-case letter T, and must be in lower case',
        certainty: 'declared',
        evidence: ['invalid reference format'],
      },
    ],
    'of a template that was not rendered': [
      aSnapshot({ objects: [invalid('{{ .Values.image }}')] }),
      { object: 'Pod/web', problem: '{{ .Values.image }} was not rendered' },
    ],
    'of a scheme': [
      aSnapshot({ objects: [invalid('https://registry.test/api:1')] }),
      { object: 'Pod/web', problem: 'it begins with a scheme' },
    ],
    'of a missing tag': [
      aSnapshot({ objects: [invalid('registry.test/api:')] }),
      { object: 'Pod/web', problem: 'the tag after the colon is missing' },
    ],
    'of anything else in the words of the runtime': [
      aSnapshot({ objects: [invalid('registry.test/api@1')] }),
      { object: 'Pod/web', problem: 'invalid reference format' },
    ],
    'of policy Never': [
      aSnapshot({ objects: [never('Container image "app:1" is not present with pull policy of Never')] }),
      {
        object: 'Pod/web',
        problem: 'cannot start: imagePullPolicy is Never and the node does not have app:1',
        fix: 'to IfNotPresent',
      },
    ],
    'of an image that the pod may not use': [
      aSnapshot({
        objects: [
          never('Container image "app:1" is present with pull policy of Never but does not have the proper auth'),
        ],
      }),
      { object: 'Pod/web', problem: 'the pod may not use the app:1 that the node has' },
    ],
    'of white space, which the API server refuses': [
      aSnapshot({
        objects: [
          ...refused.all,
          anEvent(
            refused.replicaSet,
            'FailedCreate',
            'Error creating: Pod "api-5d8f-b27nl" is invalid: spec.containers[0].image: Invalid value: "busybox:1.36 ": must not have leading or trailing whitespace',
          ),
        ],
      }),
      {
        object: 'Deployment/api',
        problem: 'cannot create pods: the image "busybox:1.36 " must not have leading or trailing whitespace',
      },
    ],
  },
});
