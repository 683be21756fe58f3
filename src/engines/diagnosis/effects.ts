import { formatDuration, timeOf } from '../durations.ts';
import { entryOf } from '../map-entry.ts';
import { keyOf, nameOf, type ObjectRef, type Pod, refOf, type Service } from '../objects.ts';
import { podsOf } from '../owners.ts';
import { perSnapshot } from '../per-snapshot.ts';
import { isBroken, isFinished, isReady, isTerminating, podStatusText, unreadySince } from '../pods.ts';
import { type RoutePath, readyEndpoints, routesTo, selectedPods, selectedWorkloads } from '../routes.ts';
import { isServed } from '../served.ts';
import type { Snapshot } from '../snapshot.ts';
import { type Problem, uniqueRefs } from './collapse.ts';
import type { ChainLink } from './explanation.ts';

/** What a set of problems does to the people who use the workloads. */
export interface Effects {
  readonly pods: readonly Pod[];
  /** Services that have no ready endpoint because of it. */
  readonly services: readonly ObjectRef[];
  readonly routes: readonly RoutePath[];
  readonly since: string | undefined;
}

/** Kinds that have pods of their own. */
const podOwners = new Set([
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'ReplicaSet',
  'Job',
  'CronJob',
  'Pod',
  'ReplicationController',
]);

/** The effects of a cause: over its own workloads and those of everything it explains. */
export function effectsOf(snapshot: Snapshot, root: Problem, explained: readonly Problem[]): Effects {
  const all = [root, ...explained];
  const members = uniqueRefs(all.flatMap(({ members: each }) => each));
  const subjects = new Set(all.flatMap(({ subjects: each }) => each).map(keyOf));
  const workloads = members.filter(({ kind }) => podOwners.has(kind));
  const pods = workloads
    .flatMap((workload) => podsOf(snapshot, workload))
    .filter((pod) => isBroken(pod) || subjects.has(keyOf(refOf(pod))));
  const own = new Set(members.map(keyOf));
  const affected = new Set(workloads.map(keyOf));
  const hit = new Set(pods);
  // A Service selects pods of its own namespace only.
  const services = [...new Set(members.flatMap(({ namespace }) => namespace ?? []))]
    .flatMap((namespace) => unservedIn(snapshot, namespace))
    .filter(
      (service) =>
        own.has(keyOf(service.ref)) ||
        service.workloads.some((workload) => affected.has(workload)) ||
        service.pods.some((pod) => hit.has(pod)),
    )
    .map(({ ref }) => ref);
  // A pod that is ready has been so since its start, which says nothing of what fails.
  const telling = pods.filter((pod) => isBroken(pod) || root.since === undefined);
  const begun = [root.since, ...telling.map(unreadySince)].flatMap((time) => time ?? []).toSorted();
  return { pods, services, routes: services.flatMap((service) => routesTo(snapshot, service)), since: begun[0] };
}

/** A Service that has no ready endpoint, with what it selects. */
interface Unserved {
  readonly ref: ObjectRef;
  /** Keys of workloads. */
  readonly workloads: readonly string[];
  readonly pods: readonly Pod[];
}

const unserved = perSnapshot(() => new Map<string, readonly Unserved[]>());

/** Looked up once for all problems of a namespace. */
const unservedIn = (snapshot: Snapshot, namespace: string): readonly Unserved[] =>
  entryOf(unserved(snapshot), namespace, () =>
    snapshot
      .all('Service', namespace)
      .filter(({ spec }) => spec?.type !== 'ExternalName' && Object.keys(spec?.selector ?? {}).length > 0)
      .filter((service) => leadsNowhere(snapshot, service))
      .map((service) => ({
        ref: refOf(service),
        workloads: selectedWorkloads(snapshot, service).map(keyOf),
        pods: selectedPods(snapshot, service),
      })),
  );

/** Whether a Service has no ready endpoint; by its pods when EndpointSlices were not read, as some archives lack them. */
function leadsNowhere(snapshot: Snapshot, service: Service): boolean {
  const endpoints = readyEndpoints(snapshot, service);
  if (endpoints !== undefined) return endpoints.length === 0;
  return !isServed(snapshot, service) && !selectedPods(snapshot, service).some((pod) => isReady(pod));
}

/** From the cause to what the user sees: the pods, what else fails because of them, Services, routes. */
export function chainOf(
  snapshot: Snapshot,
  root: Problem,
  explained: readonly Problem[],
  effects: Effects,
): readonly ChainLink[] {
  const links: ChainLink[] = [];
  const add = (link: ChainLink): void => {
    if (!links.some(({ object, message }) => keyOf(object) === keyOf(link.object) && message === link.message))
      links.push(link);
  };
  const addPods = ({ rule, members }: Problem): void => {
    for (const member of members.filter(({ kind }) => podOwners.has(kind)).slice(0, 3)) {
      const message = podsMessage(snapshot, member);
      if (message !== undefined) add({ object: member, rule: rule.id, message });
    }
  };
  addPods(root);
  for (const service of effects.services.filter((each) => isFirst(snapshot, root, each)))
    addService(root, service, effects, add);
  for (const effect of explained) {
    if (effect.rule.id === 'pod-not-ready-unexplained') addPods(effect);
    else if (!isEcho(effect)) add({ object: effect.object, rule: effect.rule.id, message: effect.problem });
  }
  for (const service of effects.services) addService(root, service, effects, add);
  return links;
}

/** Symptoms that only repeat of a workload or a Service what the chain says of its pods anyway. */
const echoes = new Set([
  'svc-no-ready-endpoints',
  'deploy-progress-deadline',
  'deploy-create-failed',
  'pod-not-ready-unexplained',
]);
export const isEcho = ({ rule }: Problem): boolean => echoes.has(rule.id);

/** Whether a Service stands in front of the root's own workloads, so that it belongs right behind them. */
const isFirst = (snapshot: Snapshot, root: Problem, ref: ObjectRef): boolean => {
  const service = snapshot.find('Service', ref.namespace, ref.name);
  const selected = service === undefined ? [] : selectedWorkloads(snapshot, service);
  return selected.some((workload) => root.members.some((member) => keyOf(member) === keyOf(workload)));
};

function addService(root: Problem, service: ObjectRef, effects: Effects, add: (link: ChainLink) => void): void {
  // A root that is the Service itself has said so in its summary.
  if (keyOf(root.object) !== keyOf(service))
    add({ object: service, rule: 'svc-no-ready-endpoints', message: 'has no endpoint' });
  const routes = effects.routes.filter(
    (route) => route.service === service.name && route.ingress.metadata.namespace === service.namespace,
  );
  for (const [, [first]] of Map.groupBy(routes, ({ ingress }) => ingress.metadata.name)) {
    if (first !== undefined) add({ object: refOf(first.ingress), message: `answers 503 on ${first.path}` });
  }
}

/** `3 of 3 pods in CreateContainerConfigError for 8 min`; `undefined` when none is broken. */
export function podsMessage(snapshot: Snapshot, workload: ObjectRef): string | undefined {
  const pods = podsOf(snapshot, workload).filter((pod) => !isTerminating(pod) && !isFinished(pod));
  const broken = pods.filter(isBroken);
  if (broken.length === 0) return undefined;
  const statuses = Map.groupBy(broken, podStatusText);
  const [status] = [...statuses].toSorted(([, a], [, b]) => b.length - a.length)[0] ?? ['NotReady'];
  const since = broken
    .map(unreadySince)
    .flatMap((time) => time ?? [])
    .toSorted()[0];
  const duration = since === undefined ? '' : ` for ${formatDuration(snapshot.now - (timeOf(since) ?? snapshot.now))}`;
  if (workload.kind === 'Pod') return `is in ${status}${duration}`;
  return `${broken.length} of ${pods.length} pods in ${status}${duration}`;
}

export const routeText = ({ ingress, path }: RoutePath): string => `${nameOf(refOf(ingress))} ${path}`;
