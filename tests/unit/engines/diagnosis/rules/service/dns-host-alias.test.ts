import { dnsHostAlias } from '../../../../../../src/engines/diagnosis/rules/service/dns-host-alias.ts';
import { aContainer, aDeployment, aLog, anObject, aSnapshot, crashed } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const sync = (ip: string, ...hostnames: readonly string[]) =>
  aDeployment('sync', {
    pod: {
      spec: { hostAliases: [{ ip, hostnames }] },
      containers: [aContainer('app', crashed({ exitCode: 1, reason: 'Error' }))],
    },
  });
const depot = anObject('Service', 'depot', { spec: { clusterIP: '10.96.0.7', ports: [{ port: 80 }] } });
const snapshot = (ip: string, words = `dial tcp ${ip}:80: connect: no route to host`, name = 'depot') =>
  aSnapshot({
    complete: ['Service'],
    objects: [depot, ...sync(ip, name).all],
    logs: [aLog('sync-5d8f-0', [words], { previous: true })],
  });

const kiosk = (ports: readonly object[] = [], asked = true, value = 'depot') =>
  aSnapshot({
    complete: ['Service'],
    objects: [
      depot,
      ...aDeployment('kiosk', {
        pod: {
          spec: { hostAliases: [{ ip: '127.0.0.1', hostnames: ['depot'] }] },
          containers: [aContainer('app', { ports, env: [{ name: 'DEPOT_HOST', value }] })],
        },
      }).all,
    ],
    ...(asked && { scope: { namespace: 'shop', object: { kind: 'Deployment', namespace: 'shop', name: 'kiosk' } } }),
  });

testRule(dnsHostAlias, {
  silent: {
    'a proxy in the pod that takes the place of the Service': kiosk([{ containerPort: 80 }]),
    'a name for itself that nothing in the pod is told to call': kiosk([], true, 'other'),
    'the cluster IP of the Service': snapshot('10.96.0.7'),
    'a host that is no Service': snapshot('192.0.2.7', undefined, 'vendor.example.com'),
    'a call to another host': snapshot('192.0.2.7', 'dial tcp 192.0.2.9:80: connect: no route to host'),
  },
  speaks: {
    'of a Service that a pod takes for itself': [
      kiosk(),
      {
        object: 'Pod/kiosk-5d8f-0',
        problem:
          'takes depot of env[DEPOT_HOST] for the pod itself (127.0.0.1), which spec.hostAliases[0] says, and no container of it has a port of Service/depot',
        fix: 'remove depot from hostAliases',
      },
    ],
    'of an address that is not the Service’s': [
      snapshot('192.0.2.7'),
      {
        object: 'Pod/sync-5d8f-0',
        problem:
          'calls depot at 192.0.2.7, which spec.hostAliases[0] says, and which is not an address of Service/depot',
        fix: 'remove depot from hostAliases',
      },
    ],
    'when the log names the host': [
      snapshot('192.0.2.7', 'dial tcp depot:80: i/o timeout'),
      { object: 'Pod/sync-5d8f-0', certainty: 'recomputed' },
    ],
  },
});
