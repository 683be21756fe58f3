import { hpaTargetOrConflict } from '../../../../../../src/engines/diagnosis/rules/workload/hpa-target-or-conflict.ts';
import { anAutoscaler } from '../../../../../support/autoscalers.ts';
import { aDeployment, anObject, aSnapshot } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const complete = ['Deployment'];
const lost = (minutes = 10) =>
  anAutoscaler('web', { AbleToScale: ['FailedGetScale', 'deployments.apps "web" not found', minutes] });
const unserved = 'no matches for kind "Deployment" in group "extensions"';

testRule(hpaTargetOrConflict, {
  silent: {
    'an autoscaler that works': aSnapshot({ complete, objects: [anAutoscaler('web'), ...aDeployment('web').all] }),
    'one that was made a moment before its target': aSnapshot({ complete, objects: [lost(0.2)] }),
    'Deployments that could not be read': aSnapshot({ objects: [lost()] }),
    'a target that is there by now': aSnapshot({ complete, objects: [lost(), ...aDeployment('web').all] }),
    'two autoscalers of two workloads': aSnapshot({
      objects: [
        anAutoscaler('web'),
        anAutoscaler('api', {}, { spec: { scaleTargetRef: { kind: 'Deployment', name: 'api' } } }),
      ],
    }),
  },
  speaks: {
    'of a namesake of another kind': [
      aSnapshot({ complete, objects: [lost(), anObject('StatefulSet', 'web', { spec: {} })] }),
      {
        object: 'HorizontalPodAutoscaler/web',
        problem: 'Deployment/web does not exist (there is StatefulSet/web)',
        fix: 'set spec.scaleTargetRef.kind to StatefulSet',
      },
    ],
    'of a target that does not exist, with the one that is meant': [
      aSnapshot({ complete, objects: [lost(), ...aDeployment('webs').all] }),
      {
        object: 'HorizontalPodAutoscaler/web',
        problem: 'scales nothing: Deployment/web does not exist (there is Deployment/webs)',
        fix: 'set spec.scaleTargetRef.name to webs',
      },
    ],
    'of a kind that is not served': [
      aSnapshot({ objects: [anAutoscaler('web', { AbleToScale: ['FailedGetScale', unserved] })] }),
      { object: 'HorizontalPodAutoscaler/web', problem: 'the cluster has no kind Deployment of apps/v1' },
    ],
    'of two for one workload': [
      aSnapshot({ objects: [anAutoscaler('b'), anAutoscaler('a')] }),
      {
        object: 'HorizontalPodAutoscaler/a',
        problem: 'cannot scale Deployment/web: HorizontalPodAutoscaler/a and HorizontalPodAutoscaler/b both claim it',
        culprit: 'Deployment/web',
      },
      { object: 'HorizontalPodAutoscaler/b', certainty: 'recomputed' },
    ],
    'of selectors that overlap': [
      aSnapshot({
        objects: [
          anAutoscaler('web', {
            ScalingActive: ['AmbiguousSelector', 'pods by selector app=web are controlled by multiple HPAs'],
          }),
        ],
      }),
      { object: 'HorizontalPodAutoscaler/web', problem: 'pods by selector app=web are controlled by multiple HPAs' },
    ],
  },
});
