import { fieldOfPort } from '../../../configured.ts';
import { isAddress } from '../../../network/addresses.ts';
import { type FailedCall, failedCalls, isNameFailure } from '../../../network/calls.ts';
import { untranslatedPort } from '../../../network/untranslated-port.ts';
import { nameOf, refOf, type Service } from '../../../objects.ts';
import { containersOf } from '../../../pods.ts';
import { selectedPods } from '../../../routes.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { callEvidence } from '../../call-evidence.ts';
import { defineRule, type Finding, type Fix } from '../../rule.ts';

export const svcPortNotOffered = defineRule({
  id: 'svc-port-not-offered',
  title: 'A workload asks a Service for a port that it does not have',
  area: 'service',
  class: 'cause',
  severity: 'high',
  meaning:
    'The Service and its pods are well, but the caller has the wrong port in its configuration: nothing takes the connection.',
  detection:
    'A container says that a connection was refused or got no answer, it names the port, the host is a Service with a ' +
    'cluster IP, and spec.ports of that Service has no such port for TCP. Clients of a headless Service connect to the ' +
    'pods themselves: there it is a port that spec.ports has and whose targetPort is another number, for nothing turns ' +
    'one into the other.',
  remedies: ['Correct the port in the configuration of the caller.', 'Or add the port to the Service.'],
  avoid: ['restarting the caller or the server: both are well'],

  check: (snapshot) =>
    failedCalls(snapshot)
      .filter((call) => !isNameFailure(call) && call.dependency.failure !== 'closed')
      .flatMap((call) => findingOf(snapshot, call)),
});

function findingOf(snapshot: Snapshot, call: FailedCall): readonly Finding[] {
  const { pod, container, dependency } = call;
  const { port, told } = dependency;
  const headless = headlessFinding(snapshot, call);
  if (headless.length > 0) return headless;
  const service = calledService(snapshot, call);
  const ports = service?.spec?.ports ?? [];
  if (service === undefined || port === undefined || ports.length === 0) return [];
  if (ports.some((each) => each.port === port && (each.protocol ?? 'TCP') === 'TCP')) return [];
  const subject = refOf(pod);
  const caller = containersOf(pod).find(({ name }) => name === container);
  const field = (caller && fieldOfPort(snapshot, { pod, container: caller }, port)) ?? dependency.field;
  const server = refOf(service);
  const list = ports.map(({ name, port: number, protocol = 'TCP' }) => portText(name, number, protocol)).join(', ');
  const isOfPods = ports.some(({ targetPort }) => String(targetPort ?? '') === String(port));
  const note = isOfPods ? `; ${port} is the port of its pods` : '';
  return [
    {
      subject,
      container,
      problem: `asks ${nameOf(server)} for port ${port}${field === undefined ? '' : ` (${field})`}, which has only ${list}${note}`,
      certainty: told ? 'recomputed' : 'inferred',
      evidence: [{ object: server, source: 'spec', text: `spec.ports: ${list}` }, ...callEvidence(call)],
      dependsOn: [server],
      fixes: fixesFor(service, port, { field, declared: !isOfPods && isDeclared(snapshot, service, port) }),
      nextCheck: `kubectl get service ${server.name} -n ${server.namespace} -o wide`,
    },
  ];
}

/** What a headless Service does not do for its clients. */
function headlessFinding(snapshot: Snapshot, call: FailedCall): readonly Finding[] {
  const { pod, container, dependency } = call;
  const { service: server } = dependency;
  const service = server && snapshot.find('Service', server.namespace, server.name);
  const port = service && untranslatedPort(snapshot, service, call);
  if (server === undefined || service === undefined || port === undefined) return [];
  const { asked, listening, target, field } = port;
  const where = field ?? 'the configuration of the caller';
  return [
    {
      subject: refOf(pod),
      container,
      problem: `asks ${nameOf(server)} for port ${asked}${field === undefined ? '' : ` (${field})`}, but that is headless: nothing turns its port ${asked} into targetPort ${target}, and its pods listen on ${listening}`,
      certainty: 'recomputed',
      evidence: [
        { object: server, source: 'spec', text: `spec.clusterIP: None, port ${asked}, targetPort ${target}` },
        ...callEvidence(call),
      ],
      dependsOn: [server],
      fixes: [
        {
          advice: `write port ${listening} instead of ${asked} in ${where}`,
          reason: 'its clients reach the pods themselves',
        },
        {
          advice: `give the callers a Service of the same selector with a cluster IP, port ${asked} and targetPort ${target}`,
          reason: 'a cluster IP turns ports into others; spec.clusterIP of a Service cannot be changed from None',
        },
      ],
      nextCheck: `kubectl get endpointslices -n ${server.namespace} -l kubernetes.io/service-name=${server.name}`,
    },
  ];
}

/** The Service whose own ports count: not one behind the address of a pod, nor one that only names others. */
function calledService(snapshot: Snapshot, { dependency: { service: ref, host } }: FailedCall): Service | undefined {
  const service: Service | undefined = ref && snapshot.find('Service', ref.namespace, ref.name);
  const { type, clusterIP, clusterIPs = [] } = service?.spec ?? {};
  if (type === 'ExternalName' || clusterIP === 'None') return undefined;
  return isAddress(host) && clusterIP !== host && !clusterIPs.includes(host) ? undefined : service;
}

/** Whether a pod behind a Service declares a port. */
const isDeclared = (snapshot: Snapshot, service: Service, port: number): boolean =>
  selectedPods(snapshot, service).some((pod) =>
    containersOf(pod).some((each) => each.spec.ports?.some((one) => one.containerPort === port)),
  );

const portText = (name: string | undefined, port: number | undefined, protocol: string): string =>
  `${name === undefined ? '' : `${name} `}${port}${protocol === 'TCP' ? '' : ` (${protocol})`}`;

function fixesFor(
  service: Service,
  asked: number,
  { field, declared }: { readonly field: string | undefined; readonly declared: boolean },
): readonly Fix[] {
  const ports = (service.spec?.ports ?? []).filter(({ protocol = 'TCP' }) => protocol === 'TCP');
  const [only, ...others] = ports.flatMap(({ port }) => port ?? []);
  const where = field ?? 'the configuration of the caller';
  const name = nameOf(refOf(service));
  const add: Fix = {
    advice: `add port ${asked} to spec.ports of ${name}`,
    reason: 'if its pods serve it and callers rely on it',
  };
  // Another program of the same pods, such as a sentinel: the port that the Service has is not what is meant.
  if (declared) return [{ ...add, reason: 'its pods declare that port' }];
  return [
    ...(only === undefined
      ? []
      : [
          {
            advice:
              others.length === 0
                ? `write port ${only} instead of ${asked} in ${where}`
                : `write the port that is meant (${[only, ...others].join(', ')}) instead of ${asked} in ${where}`,
            reason: `${name} takes connections there`,
          },
        ]),
    add,
  ];
}
