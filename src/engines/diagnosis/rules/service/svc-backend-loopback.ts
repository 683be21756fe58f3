import { failedCalls } from '../../../network/calls.ts';
import { keyOf, nameOf, refOf, type Service } from '../../../objects.ts';
import { isReady } from '../../../pods.ts';
import { announcedPorts, type Backend, backendsOf, declaredPorts } from '../../../service-ports.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { defineRule, type Finding } from '../../rule.ts';

export const svcBackendLoopback = defineRule({
  id: 'svc-backend-loopback',
  title: 'A server behind a Service listens on 127.0.0.1 only',
  area: 'service',
  class: 'cause',
  severity: 'high',
  meaning: 'The pods run, but nobody outside of them reaches the server: it takes connections from its own pod only.',
  detection:
    'A client was refused by a Service that has ready endpoints, or the Service is asked about, and the log of a pod ' +
    'behind it says that its only container listens on the target port of the loopback interface, and nowhere else on ' +
    'that port. A probe that fails for that reason is another finding.',
  remedies: ['Let the server listen on 0.0.0.0 (or ::), with its flag, variable or configuration for the host.'],
  avoid: ['adding a proxy to the pod: the server can listen on all addresses itself'],

  check: (snapshot) =>
    snapshot
      .all('Service')
      .filter((service) => isDoubted(snapshot, service))
      .flatMap((service) => findingsOf(snapshot, service)),
});

function isDoubted(snapshot: Snapshot, service: Service): boolean {
  const key = keyOf(refOf(service));
  const { object } = snapshot.scope;
  return (
    (object !== undefined && keyOf(object) === key) ||
    failedCalls(snapshot).some(
      ({ dependency: { failure, service: called } }) =>
        failure === 'refused' && called !== undefined && keyOf(called) === key,
    )
  );
}

function findingsOf(snapshot: Snapshot, service: Service): readonly Finding[] {
  return (service.spec?.ports ?? []).flatMap((port) => {
    const target = port.targetPort ?? port.port;
    return backendsOf(snapshot, service)
      .filter(({ pods, spec }) => pods.some(isReady) && (spec.containers ?? []).length === 1)
      .flatMap((backend) => findingOf(snapshot, service, backend, target));
  });
}

function findingOf(snapshot: Snapshot, service: Service, backend: Backend, target: unknown): readonly Finding[] {
  const named = declaredPorts(backend.spec).find(({ name }) => name !== undefined && name === target);
  const number = named?.port ?? Number(target);
  const heard = announcedPorts(snapshot, backend).filter(({ port }) => port === number);
  const [first] = heard;
  if (first === undefined || heard.some(({ loopback }) => !loopback)) return [];
  const subject = refOf(service);
  return [
    {
      subject,
      problem: `reaches nobody on container port ${number}: ${nameOf(backend.ref)} listens there on 127.0.0.1 only`,
      certainty: 'message',
      evidence: [{ object: first.pod, source: 'log', text: first.text.trim().slice(0, 300), at: first.at }],
      fixes: [
        {
          advice: `let ${nameOf(backend.ref)} listen on 0.0.0.0:${number}`,
          reason: 'connections to a Service come from outside of the pod',
        },
      ],
    },
  ];
}
