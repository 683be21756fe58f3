import { hpaContainerMissing } from '../../../../../../src/engines/diagnosis/rules/workload/hpa-container-missing.ts';
import { aContainer, aDeployment, anObject, aSnapshot } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const hpa = (container: string) =>
  anObject('HorizontalPodAutoscaler', 'web', {
    spec: {
      scaleTargetRef: { kind: 'Deployment', name: 'web' },
      metrics: [{ type: 'ContainerResource', containerResource: { name: 'cpu', container } }],
    },
  });
const web = aDeployment('web', { pod: { containers: [aContainer('app'), aContainer('proxy')] } });

testRule(hpaContainerMissing, {
  silent: {
    'a container that is there': aSnapshot({ objects: [hpa('app'), ...web.all] }),
    'a container that admission added to the pods': aSnapshot({
      objects: [
        hpa('proxy'),
        ...aDeployment('web', {
          pod: { containers: [aContainer('app'), aContainer('proxy')] },
          spec: { template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'app' }] } } },
        }).all,
      ],
    }),
    'a target that was not read': aSnapshot({ objects: [hpa('application')] }),
  },
  speaks: {
    'of a container that the target does not have': [
      aSnapshot({ objects: [hpa('application'), ...web.all] }),
      {
        object: 'HorizontalPodAutoscaler/web',
        problem: 'its metric asks for container application of Deployment/web, which has only app, proxy',
        fix: 'spec.metrics[0].containerResource.container',
      },
    ],
  },
});
