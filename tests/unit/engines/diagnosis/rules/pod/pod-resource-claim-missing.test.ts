import { podResourceClaimMissing } from '../../../../../../src/engines/diagnosis/rules/pod/pod-resource-claim-missing.ts';
import { anEvent, aPendingPod, aPod, aSnapshot, minutesAgo } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const wanting = (claim: object, minutes = 2) =>
  aPod('train', {
    metadata: { creationTimestamp: minutesAgo(minutes) },
    spec: { nodeName: undefined, resourceClaims: [{ name: 'gpu', ...claim }] },
    status: { phase: 'Pending', conditions: [] },
  });
const byTemplate = wanting({ resourceClaimTemplateName: 'gpu-tpl' });
const failed = (message: string) => anEvent(byTemplate, 'FailedResourceClaimCreation', message);

testRule(podResourceClaimMissing, {
  silent: {
    'a pod of this very moment': aSnapshot({ objects: [wanting({ resourceClaimName: 'gpu' }, 0.1)] }),
    'a pod that the scheduler has judged': aSnapshot({
      objects: [
        aPendingPod('train', '0/1 nodes are available: cannot allocate all claims', {
          spec: { resourceClaims: [{ name: 'gpu', resourceClaimName: 'gpu' }] },
        }),
      ],
    }),
    'a claim that is being made': aSnapshot({ objects: [byTemplate] }),
    'a pod without claims': aSnapshot({ objects: [aPod('web')] }),
  },
  speaks: {
    'of a template that does not exist': [
      aSnapshot({
        objects: [
          byTemplate,
          failed(
            'PodResourceClaim g: resource claim template "gpu-tpl": resourceclaimtemplate.resource.k8s.io "gpu-tpl" not found',
          ),
        ],
      }),
      {
        object: 'Pod/train',
        problem: 'cannot be scheduled: ResourceClaimTemplate/gpu-tpl, which resourceClaims names, does not exist',
        culprit: 'ResourceClaimTemplate/gpu-tpl',
        fix: 'create ResourceClaimTemplate/gpu-tpl in namespace shop',
      },
    ],
    'of another fault of the controller, in its words': [
      aSnapshot({ objects: [byTemplate, failed('PodResourceClaim g: exceeded quota: devices')] }),
      {
        object: 'Pod/train',
        problem: 'its resource claim cannot be made: PodResourceClaim g: exceeded quota: devices',
      },
    ],
    'of a claim that somebody was to make': [
      aSnapshot({ objects: [wanting({ resourceClaimName: 'gpu' })] }),
      {
        object: 'Pod/train',
        problem: 'it waits for ResourceClaim/gpu',
        culprit: 'ResourceClaim/gpu',
        certainty: 'inferred',
      },
    ],
  },
});
