import type { Pod } from '../../engines/objects.ts';

/** What `kubectl get pods` prints of a pod. */
export interface PrintedStatus {
  readonly ready: number;
  readonly containers: number;
  readonly status: string;
  readonly restarts: number;
}

type Status = NonNullable<Pod['status']>;
type ContainerStatus = NonNullable<Status['containerStatuses']>[number];

/** The pod printer of the API server (`printPod` in kubernetes/pkg/printers/internalversion/printers.go, v1.36). */
export function printedStatus({ metadata, spec, status = {} }: Pod): PrintedStatus {
  const sidecars: ReadonlySet<string | undefined> = new Set(
    (spec?.initContainers ?? []).flatMap(({ name, restartPolicy }) => (restartPolicy === 'Always' ? [name] : [])),
  );
  const init = initialization(status, spec?.initContainers?.length ?? 0, sidecars);
  const initialized = init.reason === undefined || isTrue(status, 'Initialized');
  const main = initialized ? mainContainers(status) : undefined;
  return {
    ready: init.ready + (main?.ready ?? 0),
    containers: (spec?.containers?.length ?? 0) + sidecars.size,
    status: deletion(metadata.deletionTimestamp, status) ?? main?.reason ?? init.reason ?? phaseOf(status),
    restarts: main === undefined ? init.restarts : init.sidecarRestarts + main.restarts,
  };
}

function phaseOf({ phase, reason, conditions = [] }: Status): string {
  const gated = conditions.some((each) => each.type === 'PodScheduled' && each.reason === 'SchedulingGated');
  return gated ? 'SchedulingGated' : reason || phase || 'Unknown';
}

interface Initialization {
  readonly ready: number;
  readonly restarts: number;
  readonly sidecarRestarts: number;
  /** Absent once every init container is done. */
  readonly reason: string | undefined;
}

function initialization(status: Status, total: number, sidecars: ReadonlySet<string | undefined>): Initialization {
  const statuses = status.initContainerStatuses ?? [];
  const isUp = (each: ContainerStatus): boolean => sidecars.has(each.name) && each.started === true;
  const stuck = statuses.findIndex((each) => each.state?.terminated?.exitCode !== 0 && !isUp(each));
  const seen = stuck < 0 ? statuses : statuses.slice(0, stuck + 1);
  const container = statuses[stuck];
  return {
    ready: seen.filter((each) => isUp(each) && each.ready).length,
    restarts: restartsOf(seen),
    sidecarRestarts: restartsOf(seen.filter(({ name }) => sidecars.has(name))),
    reason: container === undefined ? undefined : `Init:${initReason(container) ?? `${stuck}/${total}`}`,
  };
}

const restartsOf = (statuses: readonly ContainerStatus[]): number =>
  statuses.reduce((sum, { restartCount = 0 }) => sum + restartCount, 0);

function initReason({ state }: ContainerStatus): string | undefined {
  const waiting = state?.waiting?.reason;
  return endOf(state) ?? (waiting !== undefined && waiting !== 'PodInitializing' ? waiting : undefined);
}

function mainContainers(status: Status) {
  const statuses = status.containerStatuses ?? [];
  // The first container that has something to say wins, as the printer goes through them backwards.
  const reason = statuses.flatMap(({ state }) => state?.waiting?.reason || endOf(state) || [])[0];
  const running = statuses.filter(({ ready, state }) => ready && state?.running !== undefined).length;
  const mostlyUp = reason === 'Completed' && running > 0;
  return {
    ready: running,
    restarts: restartsOf(statuses),
    reason: mostlyUp ? (isTrue(status, 'Ready') ? 'Running' : 'NotReady') : reason,
  };
}

function endOf(state: ContainerStatus['state']): string | undefined {
  const { reason, signal, exitCode } = state?.terminated ?? {};
  if (reason) return reason;
  if (signal) return `Signal:${signal}`;
  return exitCode === undefined ? undefined : `ExitCode:${exitCode}`;
}

function deletion(deletedAt: string | undefined, { reason, phase }: Status): string | undefined {
  if (deletedAt === undefined) return undefined;
  if (reason === 'NodeLost') return 'Unknown';
  return phase === 'Succeeded' || phase === 'Failed' ? undefined : 'Terminating';
}

const isTrue = ({ conditions = [] }: Status, type: string): boolean =>
  conditions.some((each) => each.type === type && each.status === 'True');
