import { type FailedCall, failedCalls, isNameDenied } from '../../../network/calls.ts';
import { nameOf, type ObjectRef, type Of, type Pod, refOf, type Service } from '../../../objects.ts';
import { workloadOf } from '../../../owners.ts';
import { isReady } from '../../../pods.ts';
import { slicesOf } from '../../../routes.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { callEvidence } from '../../call-evidence.ts';
import { defineRule, type Finding, type Fix } from '../../rule.ts';

export const dnsPodNameMissing = defineRule({
  id: 'dns-pod-name-missing',
  title: 'A workload asks for a pod by a name that DNS does not have',
  area: 'service',
  class: 'cause',
  severity: 'high',
  meaning:
    'Behind a headless Service each pod has a name of its own, as long as it exists and is ready. The Service is there, the pod of that name is not.',
  detection:
    'A container says that there is no such host, the host is NAME.SERVICE, the Service is headless, and none of its ' +
    'EndpointSlices has the hostname NAME. Then either no pod is called so; or it belongs to the Service that its subdomain (serviceName of its StatefulSet) names; or the StatefulSet has fewer replicas; or ' +
    'it makes that pod only when the one that asks is ready (OrderedReady), or the pod is not ready and the Service ' +
    'does not publishNotReadyAddresses: members that wait for each other then wait for ever.',
  remedies: [
    'Correct the name in the configuration.',
    'For members that look for each other before they are ready: podManagementPolicy Parallel and publishNotReadyAddresses.',
  ],
  avoid: ['blaming DNS: it answers, and rightly, that there is no such name'],

  check: (snapshot) =>
    failedCalls(snapshot)
      .filter(isNameDenied)
      .flatMap((call) => findingOf(snapshot, call)),
});

interface Asked {
  readonly call: FailedCall;
  readonly service: Service;
  /** The first label of the host: what a pod would be called. */
  readonly name: string;
}

function askedOf(snapshot: Snapshot, call: FailedCall): Asked | undefined {
  const { service: ref, host, told } = call.dependency;
  const service: Service | undefined = ref && snapshot.find('Service', ref.namespace, ref.name);
  const [name = '', subdomain, ...rest] = host.split('.');
  const foreign = rest.length > 0 && rest[0] !== ref?.namespace;
  if (!told || service === undefined || subdomain !== ref?.name || foreign) return undefined;
  return service.spec?.clusterIP === 'None' ? { call, service, name } : undefined;
}

function findingOf(snapshot: Snapshot, call: FailedCall): readonly Finding[] {
  const asked = askedOf(snapshot, call);
  if (asked === undefined) return [];
  const { service, name } = asked;
  const { namespace } = service.metadata;
  if (snapshot.presence('EndpointSlice', namespace, '') === 'unknown') return [];
  const hostnames = slicesOf(snapshot, service).flatMap(({ endpoints = [] }) =>
    endpoints.filter(({ conditions }) => conditions?.ready !== false).flatMap(({ hostname }) => hostname ?? []),
  );
  if (hostnames.includes(name)) return [];
  const verdict = verdictOf(snapshot, asked, [...new Set(hostnames)]);
  if (verdict === undefined) return [];
  const { pod, container, dependency } = call;
  return [
    {
      subject: refOf(pod),
      container,
      problem: `asks for ${dependency.host}${dependency.field === undefined ? '' : ` in ${dependency.field}`}, ${verdict.says}`,
      alike: verdict.alike,
      certainty: 'recomputed',
      evidence: [
        ...callEvidence(call),
        {
          object: refOf(service),
          source: 'recomputed',
          text: `is headless, and has in DNS the pods ${hostnames.slice(0, 5).join(', ') || '(none)'}`,
        },
      ],
      ...(verdict.dependsOn !== undefined && { class: 'symptom' as const, dependsOn: verdict.dependsOn }),
      fixes: verdict.fixes,
      nextCheck: `kubectl get endpointslices -n ${namespace} -l kubernetes.io/service-name=${service.metadata.name} -o yaml`,
    },
  ];
}

interface Verdict {
  readonly says: string;
  readonly fixes: readonly Fix[];
  /** The same for every peer that is asked for, where one field is at fault. */
  readonly alike?: string;
  /** What explains it, when it is only an effect. */
  readonly dependsOn?: readonly ObjectRef[];
}

function verdictOf(
  snapshot: Snapshot,
  { call, service, name }: Asked,
  hostnames: readonly string[],
): Verdict | undefined {
  const { namespace } = service.metadata;
  const server = nameOf(refOf(service));
  const found: Pod | undefined =
    snapshot.find('Pod', namespace, name) ?? snapshot.all('Pod', namespace).find(({ spec }) => spec?.hostname === name);
  const set = snapshot.find('StatefulSet', namespace, name.replace(/-\d+$/, ''));
  const own = workloadOf(snapshot, call.pod);
  const isPeer = set !== undefined && own.kind === 'StatefulSet' && own.name === set.metadata.name;
  if (found !== undefined) {
    const subdomain = found.spec?.subdomain;
    if (subdomain !== undefined && subdomain !== service.metadata.name)
      return elsewhere(snapshot, service, { pod: found, subdomain });
    if (isReady(found)) return undefined;
    if (!isPeer) {
      const says = `which has no name in DNS: ${nameOf(refOf(found))} is not ready`;
      return { says, fixes: [], dependsOn: [workloadOf(snapshot, found)] };
    }
    return service.spec?.publishNotReadyAddresses === true ? undefined : unpublished(server);
  }
  if (set === undefined || set.spec?.serviceName !== service.metadata.name) return misnamed(server, name, hostnames);
  const ordinal = Number(/\d+$/.exec(name)?.[0] ?? '0') - (set.spec.ordinals?.start ?? 0);
  if (ordinal >= (set.spec.replicas ?? 1)) return beyond(set, name);
  const ordered = set.spec.podManagementPolicy !== 'Parallel';
  return isPeer && ordered && !isReady(call.pod)
    ? deadlock(server, set, { name, asks: call.pod.metadata.name })
    : undefined;
}

/** A pod has its name behind the Service of its subdomain alone (endpointslice `shouldSetHostname`). */
function elsewhere(
  snapshot: Snapshot,
  service: Service,
  { pod: { metadata }, subdomain }: { readonly pod: Pod; readonly subdomain: string },
): Verdict {
  const set = snapshot.find('StatefulSet', metadata.namespace, metadata.name.replace(/-\d+$/, ''));
  const { name } = service.metadata;
  const server = nameOf(refOf(service));
  const field = set === undefined ? 'spec.subdomain of that pod' : `spec.serviceName of ${nameOf(refOf(set))}`;
  return {
    says: `and ${field} is ${subdomain}, so that ${metadata.name} has no name behind ${server}`,
    alike: `${field} is ${subdomain}, not ${name}`,
    fixes: [
      {
        advice:
          set === undefined
            ? `set ${field} to ${name}`
            : `make ${nameOf(refOf(set))} anew with serviceName ${name} (delete it with --cascade=orphan: the field cannot be changed)`,
        reason: 'DNS names a pod behind the Service of its subdomain only',
      },
      {
        advice: `make a headless Service ${subdomain} with the selector of ${server}, and ask for ${metadata.name}.${subdomain}`,
        reason: 'the pods have that name then, as they are',
      },
    ],
  };
}

function misnamed(server: string, name: string, hostnames: readonly string[]): Verdict | undefined {
  const [first] = hostnames;
  if (first === undefined) return undefined;
  return {
    says: `and no pod behind ${server} is called ${name}: it has ${hostnames.slice(0, 5).join(', ')}`,
    fixes: [
      { advice: `write ${first} instead of ${name}, or the Service alone`, reason: 'that pod has a name in DNS' },
    ],
  };
}

const beyond = (set: Of<'StatefulSet'>, name: string): Verdict => ({
  says: `and ${nameOf(refOf(set))} has only ${set.spec?.replicas ?? 1} replicas: there is no ${name}`,
  fixes: [
    {
      advice: `correct the list of members in the configuration, or scale ${nameOf(refOf(set))}`,
      reason: 'the configuration names more members than the set has',
    },
  ],
});

const unpublished = (server: string): Verdict => ({
  says: `its peer, which has no name in DNS before it is ready: ${server} does not publishNotReadyAddresses, so the members wait for each other`,
  alike: `${server} does not publishNotReadyAddresses`,
  fixes: [
    {
      advice: `set spec.publishNotReadyAddresses: true in ${server}`,
      reason: 'each member then has its name while it starts',
    },
  ],
});

function deadlock(
  server: string,
  set: Of<'StatefulSet'>,
  { name, asks }: { readonly name: string; readonly asks: string },
): Verdict {
  const ref = nameOf(refOf(set));
  return {
    says: `its peer, before it is ready, and podManagementPolicy OrderedReady makes ${name} only when ${asks} is ready: both wait for ever`,
    alike: `${ref} makes its members one after the other`,
    fixes: [
      {
        advice: `recreate ${ref} with podManagementPolicy: Parallel (delete it with --cascade=orphan: the field cannot be changed), and set publishNotReadyAddresses: true in ${server}`,
        reason: 'all members then start at once and find each other',
      },
      {
        advice: `let ${asks} become ready alone: a readiness probe that does not ask for its peers`,
        reason: 'the set then goes on',
      },
    ],
  };
}
