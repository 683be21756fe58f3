import { hostsOfEnv, serviceOfHost } from '../hosts.ts';
import { entriesOf, type LogEntry } from '../logs/entries.ts';
import type { KubernetesObject, ObjectRef, Pod } from '../objects.ts';
import { refOf } from '../objects.ts';
import { containersOf, isBroken, type PodContainer } from '../pods.ts';
import { selectedPods } from '../routes.ts';
import { type Labels, matchesSelector } from '../selectors.ts';
import type { Snapshot } from '../snapshot.ts';

/** A request that the proxy in front of a server refused, as the client quotes it (Envoy `rbac_filter.cc`). */
export interface RefusedRequest {
  readonly pod: Pod;
  readonly container: PodContainer;
  readonly words: { readonly text: string; readonly at: string | undefined };
  /** The one Service that the client is told to talk to. */
  readonly server: ObjectRef | undefined;
}

const refusal = /RBAC: access denied/;

/** What pods that are broken, or keep complaining, say about a mesh that refuses them. */
export const refusedRequests = (snapshot: Snapshot): readonly RefusedRequest[] =>
  // Of a whole cluster no log may have been read, and there are many pods.
  snapshot.data.logs.length === 0
    ? []
    : snapshot
        .all('Pod')
        .flatMap((pod) => containersOf(pod).flatMap((container) => refusedOf(snapshot, pod, container)));

/** Fewer in the last lines of a pod that is well are an incident that is over, or a client that was rightly refused. */
const leastRepeats = 5;
const lately = 20;

/** Whether a pod that Kubernetes finds well is refused all the time, up to the end of its log. */
function isLasting(entries: readonly LogEntry[]): boolean {
  const recent = entries.slice(-lately);
  const refused = recent.filter(({ lines }) => lines.some((line) => refusal.test(line)));
  return refused.length >= leastRepeats && recent.slice(-3).some((entry) => refused.includes(entry));
}

function refusedOf(snapshot: Snapshot, pod: Pod, container: PodContainer): readonly RefusedRequest[] {
  // What the proxy of a pod itself says is about those who call it.
  if (isProxy(container)) return [];
  const logs = [true, false].flatMap((previous) => snapshot.log(refOf(pod), container.name, previous) ?? []);
  const entries = logs.flatMap((log) => entriesOf(log));
  if (!isBroken(pod) && !isLasting(entries)) return [];
  const entry = entries.findLast(({ lines }) => lines.some((line) => refusal.test(line)));
  if (entry === undefined) return [];
  const text = entry.lines.find((line) => refusal.test(line)) ?? '';
  const servers = hostsOfEnv(container.spec).flatMap(
    ({ host }) => serviceOfHost(snapshot, host, pod.metadata.namespace)?.ref ?? [],
  );
  const told = servers.find(({ name }) => new RegExp(`\\b${name.replaceAll(/[^-a-z0-9]/g, '')}\\b`).test(text));
  const only =
    new Set(servers.map(({ namespace, name }) => `${namespace}/${name}`)).size === 1 ? servers[0] : undefined;
  return [{ pod, container, words: { text, at: entry.at }, server: told ?? only }];
}

const proxies = new Set(['istio-proxy', 'linkerd-proxy', 'envoy', 'consul-dataplane']);
const isProxy = ({ name }: PodContainer): boolean => proxies.has(name);

/** Whether a proxy runs beside the containers of a pod, which gives it an identity in the mesh. */
export const hasProxy = (pod: Pod): boolean => containersOf(pod).some(isProxy);

/** The identity of a pod in the mesh (SPIFFE, Istio `source.principals`). */
export const principalOf = ({ metadata, spec }: Pod): string =>
  `cluster.local/ns/${metadata.namespace}/sa/${spec?.serviceAccountName ?? 'default'}`;

/** Istio's policy about who may call whom (security.istio.io): what is looked at of it. */
export interface AuthorizationPolicy extends KubernetesObject {
  readonly spec?: {
    readonly action?: string;
    readonly selector?: { readonly matchLabels?: Labels };
    readonly rules?: readonly unknown[];
  };
}

const isAuthorizationPolicy = (object: KubernetesObject): object is AuthorizationPolicy =>
  object.kind === 'AuthorizationPolicy' && object.apiVersion.startsWith('security.istio.io/');

/** The policies of a Service's namespace that hold for its pods; one without a selector holds for all. */
export function authorizationPoliciesOf(snapshot: Snapshot, server: ObjectRef): readonly AuthorizationPolicy[] {
  const service = snapshot.find('Service', server.namespace, server.name);
  const labels =
    service === undefined ? undefined : (selectedPods(snapshot, service)[0]?.metadata.labels ?? service.spec?.selector);
  return snapshot.data.objects
    .filter(isAuthorizationPolicy)
    .filter(
      ({ metadata, spec }) =>
        metadata.namespace === server.namespace &&
        spec?.action !== 'AUDIT' &&
        (spec?.selector === undefined || matchesSelector(spec.selector, labels)),
    );
}
