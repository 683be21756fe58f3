import { gatewayNotProgrammed } from '../../../../../../src/engines/diagnosis/rules/route/gateway-not-programmed.ts';
import type { KubernetesObject } from '../../../../../../src/engines/objects.ts';
import { aSnapshot } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const apiVersion = 'gateway.networking.k8s.io/v1';
const yes = (type: string) => ({ type, status: 'True' });
const no = (type: string, reason: string, more: object = {}) => ({
  type,
  status: 'False',
  reason,
  message: 'says why',
  ...more,
});
const gateway = (conditions: readonly object[], listeners: readonly object[] = []) =>
  ({
    apiVersion,
    kind: 'Gateway',
    metadata: { name: 'gw', namespace: 'shop', generation: 2 },
    spec: { gatewayClassName: 'gc' },
    status: { conditions, listeners },
  }) as KubernetesObject;
const gatewayClass = (...conditions: readonly object[]) =>
  ({ apiVersion, kind: 'GatewayClass', metadata: { name: 'gc' }, status: { conditions } }) as KubernetesObject;
const snapshot = (...objects: readonly KubernetesObject[]) => aSnapshot({ complete: ['GatewayClass'], objects });
const taken = gatewayClass(yes('Accepted'));

testRule(gatewayNotProgrammed, {
  silent: {
    'a Gateway that works': snapshot(taken, gateway([yes('Accepted'), yes('Programmed')])),
    'a Gateway of which nobody has spoken': snapshot(taken, gateway([])),
    'a controller that is at work': snapshot(taken, gateway([yes('Accepted'), no('Programmed', 'Pending')])),
    'a condition about the generation before': snapshot(
      taken,
      gateway([no('Programmed', 'Invalid', { observedGeneration: 1 })]),
    ),
    'classes that were not read': aSnapshot({ objects: [gateway([])] }),
    'a Gateway without a status': snapshot(taken, { apiVersion, kind: 'Gateway', metadata: { name: 'bare' } }),
    'a Gateway of another group': snapshot({
      ...gateway([no('Programmed', 'x')]),
      apiVersion: 'networking.istio.io/v1',
    }),
  },
  speaks: {
    'of an address that is missing': [
      snapshot(taken, gateway([yes('Accepted'), no('Programmed', 'AddressNotAssigned')])),
      {
        object: 'Gateway/gw',
        problem: 'is not programmed: AddressNotAssigned: says why',
        certainty: 'declared',
        evidence: ['Programmed is False: AddressNotAssigned: says why'],
      },
    ],
    'of the listener rather than of all': [
      snapshot(
        taken,
        gateway(
          [no('Accepted', 'ListenersNotValid')],
          [
            { name: 'web', conditions: [yes('Accepted')] },
            { name: 'tls', conditions: [yes('Accepted'), no('ResolvedRefs', 'InvalidCertificateRef')] },
          ],
        ),
      ),
      { object: 'Gateway/gw', problem: 'has listener tls that does not work: InvalidCertificateRef: says why' },
    ],
    'of a class that does not exist': [
      snapshot(gateway([])),
      { object: 'Gateway/gw', problem: 'GatewayClass/gc, its class, does not exist', culprit: 'GatewayClass/gc' },
    ],
    'of a class that nobody accepts': [
      snapshot(gatewayClass(no('Accepted', 'InvalidParameters')), gateway([])),
      { object: 'Gateway/gw', problem: 'is not accepted (InvalidParameters: says why)', culprit: 'GatewayClass/gc' },
    ],
  },
});
