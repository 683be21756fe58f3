import { complaints, isHearable } from './complaints.ts';
import { reach } from './graph.ts';
import { failedCalls } from './network/calls.ts';
import { keyOf, type ObjectRef, type Pod, refOf } from './objects.ts';
import { podsOf, workloadOf } from './owners.ts';
import { containersOf } from './pods.ts';
import { selectedPods } from './routes.ts';
import type { Snapshot } from './snapshot.ts';
import type { Read } from './snapshot-data.ts';

/** Logs of ready containers that one question reads at most. */
const maximumLogs = 16;
/** Of each: a few hundred lines show whether a fault goes on. */
const logLines = 300;
/** Pods of a workload that is asked about, or is called by what fails; one shows a fault, two whether all have it. */
const podsAskedAbout = 2;
/** Services that failed calls lead to. */
const maximumServices = 4;

/**
 * The logs of containers that are ready: of what is asked about, of what stands behind a call that fails, and in a
 * namespace that is small enough one pod of each workload. Never of a whole cluster, and not one by one of many:
 * which of them were read would be chance.
 */
export function listeningReads(snapshot: Snapshot): readonly Read[] {
  const asked = askedPods(snapshot);
  const called = calledPods(snapshot);
  const near = [...asked, ...called].flatMap((pod) => readsOf(snapshot, pod));
  const all = onePodEach(snapshot).flatMap((pod) => readsOf(snapshot, pod));
  return [...near, ...(all.length <= maximumLogs ? all : [])].slice(0, maximumLogs);
}

/** Pods of the object that is asked about, and of the workloads behind it. */
function askedPods(snapshot: Snapshot): readonly Pod[] {
  const { object } = snapshot.scope;
  if (object === undefined || object.kind === 'Node' || object.kind === 'Namespace') return [];
  const target = object.kind === 'Pod' ? snapshot.find('Pod', object.namespace, object.name) : undefined;
  const start: ObjectRef = target === undefined ? object : workloadOf(snapshot, target);
  const behind = reach(snapshot, [start], { depth: 3 });
  const workloads = new Map(
    snapshot.all('Pod', object.namespace).map((pod) => {
      const workload = workloadOf(snapshot, pod);
      return [keyOf(workload), workload];
    }),
  );
  const others = [...workloads].flatMap(([key, workload]) =>
    behind.has(key) ? hearable(snapshot, podsOf(snapshot, workload)).slice(0, podsAskedAbout) : [],
  );
  return target === undefined ? others : [target, ...others];
}

/** Pods behind Services that others fail to reach, or that answer them with errors. */
function calledPods(snapshot: Snapshot): readonly Pod[] {
  const dependencies = [
    ...complaints(snapshot).flatMap(({ callees }) => callees.map(({ dependency }) => dependency)),
    ...failedCalls(snapshot).map(({ dependency }) => dependency),
  ];
  const services = dependencies.flatMap(({ service, endpoints = 0 }) =>
    service === undefined || endpoints === 0 ? [] : (snapshot.find('Service', service.namespace, service.name) ?? []),
  );
  return [...new Set(services)]
    .slice(0, maximumServices)
    .flatMap((service) => hearable(snapshot, selectedPods(snapshot, service)).slice(0, podsAskedAbout));
}

/** One pod of each workload that has a ready container, of the namespace that is asked about. */
function onePodEach(snapshot: Snapshot): readonly Pod[] {
  const { namespace } = snapshot.scope;
  if (namespace === undefined) return [];
  const pods = hearable(snapshot, snapshot.all('Pod', namespace));
  const groups = Map.groupBy(pods, (pod) => keyOf(workloadOf(snapshot, pod)));
  return [...groups.values()].flatMap(([first]) => first ?? []);
}

const hearable = (snapshot: Snapshot, pods: readonly Pod[]): readonly Pod[] =>
  pods.filter((pod) => readsOf(snapshot, pod).length > 0);

const readsOf = (snapshot: Snapshot, pod: Pod): readonly Read[] =>
  containersOf(pod)
    .filter((container) => isHearable(pod, container, snapshot.now))
    .map(({ name }) => ({
      verb: 'log',
      namespace: refOf(pod).namespace ?? '',
      pod: pod.metadata.name,
      container: name,
      previous: false,
      tailLines: logLines,
    }));
