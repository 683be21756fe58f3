import { svcProtocolMismatch } from '../../../../../../src/engines/diagnosis/rules/service/svc-protocol-mismatch.ts';
import { aContainer, aDeployment, aLog, anObject, aSnapshot, crashed } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const backend = (container: object) =>
  aDeployment('web', { pod: { containers: [aContainer('app', { ...container })] } });
const service = (...ports: readonly object[]) =>
  anObject('Service', 'web', { spec: { selector: { app: 'web' }, ports } });
const snapshot = (ports: readonly object[], container: object) =>
  aSnapshot({ objects: [service(...ports), ...backend(container).all] });
const udp = { port: 80, protocol: 'UDP' };
const caller = aDeployment('caller', {
  pod: { containers: [aContainer('app', crashed({ exitCode: 1, reason: 'Error' }))] },
});

testRule(svcProtocolMismatch, {
  silent: {
    'the same protocol': snapshot([{ port: 80 }], { ports: [{ containerPort: 80 }] }),
    'containers that declare nothing': snapshot([udp], {}),
    'a port for each protocol': snapshot([udp, { port: 80, targetPort: 80 }], { ports: [{ containerPort: 80 }] }),
    'a container that declares both': snapshot([udp], {
      ports: [{ containerPort: 80 }, { containerPort: 80, protocol: 'UDP' }],
    }),
    'a DNS server that declares TCP alone': snapshot([{ port: 53, protocol: 'UDP' }], {
      ports: [{ containerPort: 53 }],
    }),
    'a server that declares UDP alone, while nobody is refused': snapshot([{ port: 514 }], {
      ports: [{ containerPort: 514, protocol: 'UDP' }],
    }),
    'a Service without a selector': aSnapshot({ objects: [anObject('Service', 'web', { spec: { ports: [udp] } })] }),
  },
  speaks: {
    'of HTTP that is forwarded as UDP': [
      snapshot([udp], { ports: [{ containerPort: 80 }] }),
      {
        object: 'Service/web',
        problem: 'forwards port 80 as UDP, but Deployment/web speaks TCP on 80',
        certainty: 'recomputed',
        fix: '/spec/ports/0/protocol',
      },
    ],
    'of a port that a probe asks': [
      snapshot([{ port: 9000, protocol: 'UDP' }], {
        ports: [{ containerPort: 9000 }],
        readinessProbe: { tcpSocket: { port: 9000 } },
      }),
      { object: 'Service/web', problem: 'forwards port 9000 as UDP' },
    ],
    'of a name that is there with another protocol': [
      snapshot([{ port: 5000, targetPort: 'rpc', protocol: 'UDP' }], { ports: [{ name: 'rpc', containerPort: 7000 }] }),
      { object: 'Service/web', problem: 'speaks TCP on 7000', certainty: 'declared' },
    ],
    'when a client is refused': [
      aSnapshot({
        objects: [
          service({ port: 514 }),
          ...backend({ ports: [{ containerPort: 514, protocol: 'UDP' }] }).all,
          ...caller.all,
          anObject('EndpointSlice', 'web-1', {
            metadata: { labels: { 'kubernetes.io/service-name': 'web' } },
            endpoints: [{ addresses: ['10.244.0.7'] }],
          }),
        ],
        logs: [aLog('caller-5d8f-0', ['dial tcp web:514: connect: connection refused'], { previous: true })],
      }),
      { object: 'Service/web', problem: 'forwards port 514 as TCP, but Deployment/web speaks UDP on 514' },
    ],
  },
});
