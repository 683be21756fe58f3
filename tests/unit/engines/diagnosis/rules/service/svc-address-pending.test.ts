import { describe, expect, it } from 'vitest';
import { svcAddressPending } from '../../../../../../src/engines/diagnosis/rules/service/svc-address-pending.ts';
import { anEvent, anObject, aSnapshot, minutesAgo } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const service = (spec: object = {}, fields: object = {}) =>
  anObject('Service', 'shop', { spec: { type: 'LoadBalancer', ...spec }, status: { loadBalancer: {} }, ...fields });
const young = service({}, { metadata: { creationTimestamp: minutesAgo(2) } });
const failed = anEvent(young, 'SyncLoadBalancerFailed', 'Error syncing load balancer: quota EXTERNAL_IPS exceeded');

testRule(svcAddressPending, {
  silent: {
    'an address': aSnapshot({
      objects: [service({}, { status: { loadBalancer: { ingress: [{ ip: '203.0.113.1' }] } } })],
    }),
    'a host name': aSnapshot({
      objects: [service({}, { status: { loadBalancer: { ingress: [{ hostname: 'x.elb' }] } } })],
    }),
    'another type': aSnapshot({ objects: [service({ type: 'ClusterIP' })] }),
    'a load balancer in the making': aSnapshot({ objects: [young] }),
    'one that a controller is at, to whoever asks': aSnapshot({
      complete: ['Event'],
      scope: { object: { kind: 'Service', namespace: 'shop', name: 'shop' } },
      objects: [young, anEvent(young, 'EnsuringLoadBalancer', 'Ensuring')],
    }),
    'a Service without a status': aSnapshot({ objects: [service({}, { status: undefined })] }),
    'an event that all went well': aSnapshot({ objects: [young, anEvent(young, 'EnsuringLoadBalancer', 'Ensuring')] }),
  },
  speaks: {
    'of a load balancer that nobody makes': [
      aSnapshot({ objects: [service()] }),
      {
        object: 'Service/shop',
        problem: 'has no external address: no controller has given it one',
        certainty: 'declared',
        evidence: ['status.loadBalancer is empty'],
        fix: 'install a load balancer controller',
      },
    ],
    'soon, to whoever asks, when nobody has touched it': [
      aSnapshot({
        complete: ['Event'],
        scope: { object: { kind: 'Service', namespace: 'shop', name: 'shop' } },
        objects: [young],
      }),
      { object: 'Service/shop', problem: 'has no external address: no controller has given it one' },
    ],
    'of its class': [
      aSnapshot({ objects: [service({ loadBalancerClass: 'example.com/lb' })] }),
      { object: 'Service/shop', problem: 'no controller has taken spec.loadBalancerClass example.com/lb' },
    ],
    'at once of what the provider says': [
      aSnapshot({ objects: [young, failed] }),
      {
        object: 'Service/shop',
        problem: 'SyncLoadBalancerFailed: Error syncing load balancer: quota EXTERNAL_IPS exceeded',
        certainty: 'message',
      },
    ],
  },
});

describe('the class of a pending address', () => {
  const classes = (snapshot: ReturnType<typeof aSnapshot>) =>
    svcAddressPending.check(snapshot, []).map((finding) => finding.class ?? svcAddressPending.class);

  it('is a risk, and a cause when the provider failed or the Service is asked about', () => {
    const object = { kind: 'Service', namespace: 'shop', name: 'shop' };

    expect(classes(aSnapshot({ objects: [service()] }))).toEqual(['risk']);
    expect(classes(aSnapshot({ objects: [service()], scope: { object } }))).toEqual(['cause']);
    expect(classes(aSnapshot({ objects: [young, failed] }))).toEqual(['cause']);
  });
});
