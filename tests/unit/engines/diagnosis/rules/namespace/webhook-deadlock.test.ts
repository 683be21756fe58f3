import { webhookDeadlock } from '../../../../../../src/engines/diagnosis/rules/namespace/webhook-deadlock.ts';
import { aDeployment, anEvent, anObject, aSnapshot } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const refusal =
  'Error creating: Internal error occurred: failed calling webhook "guard.example": failed to call webhook: Post "https://guard.shop.svc:443/v?timeout=3s": no endpoints available for service "guard"';
const guard = aDeployment('guard', {
  replicas: 0,
  spec: { replicas: 1, template: { metadata: { labels: { app: 'guard' } } } },
});
const api = aDeployment('api', { replicas: 0, spec: { replicas: 1 } });
const service = anObject('Service', 'guard', { spec: { selector: { app: 'guard' }, ports: [{ port: 443 }] } });
const refused = ({ replicaSet }: typeof api) => anEvent(replicaSet, 'FailedCreate', refusal);
const configuration = anObject('ValidatingWebhookConfiguration', 'guards', {
  metadata: { namespace: undefined },
  webhooks: [{ name: 'guard.example', failurePolicy: 'Fail' }],
});

testRule(webhookDeadlock, {
  silent: {
    'a webhook whose own pods are not refused': aSnapshot({
      objects: [service, ...guard.all, ...api.all, refused(api)],
    }),
    'a Service that was not read': aSnapshot({ objects: [...guard.all, refused(guard)] }),
  },
  speaks: {
    'of a webhook that waits for itself': [
      aSnapshot({ objects: [service, configuration, ...guard.all, refused(guard)] }),
      {
        object: 'Deployment/guard',
        problem:
          'cannot create pods: guard.example of ValidatingWebhookConfiguration/guards must be asked first, and has no pods, because it is asked for its own too (Deployment/guard in namespace shop)',
        culprit: 'ValidatingWebhookConfiguration/guards',
        evidence: ['webhooks[0]: failurePolicy Fail'],
        fix: 'exempt namespace shop in the namespaceSelector of webhooks[0] of ValidatingWebhookConfiguration/guards',
      },
    ],
  },
});
