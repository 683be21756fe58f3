import type { KubernetesObject, Pod } from '../../engines/objects.ts';
import type { LogExcerpt, ReadResult } from '../../engines/snapshot-data.ts';
import { safeText } from '../../platform/safe-text.ts';
import { plainText } from '../../platform/untrusted.ts';
import { splitApiVersion } from '../live/builtin-types.ts';
import { admitted } from './admitted.ts';
import { tooMuch } from './files.ts';
import type { Claim } from './listed-objects.ts';
import { matchedLogs } from './named-logs.ts';
import { newestTimeOf } from './times.ts';

/** What the files of an archive came to. */
export interface Gathered {
  readonly objects: readonly KubernetesObject[];
  readonly logs: readonly LogExcerpt[];
  /** Lists that are complete, and files and lists that could not be read. */
  readonly reads: readonly ReadResult[];
  /** The newest time that an object tells of, in milliseconds. */
  readonly newest: number | undefined;
}

export interface Gathering {
  add(object: KubernetesObject): void;
  /** All of a kind is here. */
  claim(claim: Claim): void;
  /** It is a must-gather of OpenShift: what it collects of each cluster is known. */
  isMustGather(): void;
  addLog(log: LogExcerpt): void;
  /** A log of the pod that the file is named after, if there is one. */
  addNamedLog(path: string, lines: LogExcerpt['lines']): void;
  /** A list that is missing, or a file that nobody knows the meaning of. */
  fail(
    what: { readonly kind: string; readonly namespace?: string | undefined },
    outcome: 'failed' | 'denied' | 'truncated',
    message: string,
  ): void;
  readonly objectCount: number;
  readonly logLength: number;
  gathered(): Gathered;
}

/** Failures that are told one by one. */
const maximumFailures = 20;

/** Puts together what file after file brings. Objects are slimmed and redacted; of two versions of one the newer stays. */
export function createGathering(path: string, maximumObjects: number): Gathering {
  const objects = new Map<string, KubernetesObject>();
  const claims = new Map<string, Claim>();
  const logs = new Map<string, LogExcerpt>();
  const namedLogs: { readonly path: string; readonly lines: LogExcerpt['lines'] }[] = [];
  const failures: ReadResult[] = [];
  /** Of objects, by the object: the version that stays decides. */
  const faults = new Map<string, ReadResult>();
  const failedLists = new Set<string>();
  let failed = 0;
  let mustGather = false;
  let newest = 0;
  let logLength = 0;

  return {
    add(object) {
      const key = identityOf(object);
      const known = objects.get(key);
      if (known !== undefined && versionOf(known) > versionOf(object)) return;
      newest = Math.max(newest, newestTimeOf(object));
      const { object: slim, fault } = admitted(object);
      objects.set(key, slim);
      if (fault === undefined) faults.delete(key);
      else faults.set(key, fault);
      if (objects.size > maximumObjects) throw tooMuch(path, `more than ${maximumObjects} objects`);
    },
    claim(claim) {
      const key = `${claim.kind}/${claim.namespace ?? ''}`;
      if (claims.get(key)?.needs !== undefined || !claims.has(key)) claims.set(key, claim);
    },
    isMustGather() {
      mustGather = true;
    },
    addLog(log) {
      logs.set(logKey(log), log);
      logLength += lengthOf(log.lines);
    },
    addNamedLog(path, lines) {
      namedLogs.push({ path, lines });
      logLength += lengthOf(lines);
    },
    fail({ kind, namespace }, outcome, message) {
      failed += 1;
      failedLists.add(`${kind}/${namespace ?? ''}`);
      if (failed > maximumFailures) return;
      const read = { verb: 'list', kind: shown(kind), namespace, as: 'full' } as const;
      failures.push({ read, outcome, message: safeText(shown(message)) });
    },
    get objectCount() {
      return objects.size;
    },
    get logLength() {
      return logLength;
    },
    gathered: () => ({
      objects: [...objects.values()],
      logs: withPrevious([...logs.values(), ...matchedLogs(namedLogs, objects.values())], objects),
      reads: [
        ...claimedReads(claims, failedLists, { namespaces: namespacesOf(objects.values()), mustGather }),
        ...failures,
        ...faults.values(),
        ...moreFailures(failed - maximumFailures),
      ],
      newest: newest === 0 ? undefined : newest,
    }),
  };
}

const lengthOf = (lines: LogExcerpt['lines']): number => lines.reduce((sum, { text }) => sum + text.length, 0);

/** Text of a file name or a message: of bounded length, without terminal control. */
const shown = (text: string): string => plainText(text).slice(0, 300);

/** Events are served in two groups, the same ones. */
const identityOf = ({ apiVersion, kind, metadata: { namespace, name } }: KubernetesObject): string =>
  `${kind === 'Event' ? '' : splitApiVersion(apiVersion).group}/${kind}/${namespace ?? ''}/${name}`;

const versionOf = ({ metadata: { resourceVersion } }: KubernetesObject): number => Number(resourceVersion) || 0;

const logKey = ({ namespace, pod, container, previous }: Omit<LogExcerpt, 'lines'>): string =>
  `${namespace}/${pod}/${container}/${previous}`;

/** Lists that are complete: those of which no part failed, and whose condition holds. */
function claimedReads(
  claims: ReadonlyMap<string, Claim>,
  failed: ReadonlySet<string>,
  { namespaces, mustGather }: { readonly namespaces: ReadonlySet<string | undefined>; readonly mustGather: boolean },
): readonly ReadResult[] {
  return [...claims].flatMap(([key, { kind, namespace, needs }]): readonly ReadResult[] => {
    if (failed.has(key)) return [];
    if (needs === 'must-gather' ? !mustGather : needs === 'namespace' && !namespaces.has(namespace)) return [];
    const where = namespace === undefined ? {} : { namespace };
    return [{ read: { verb: 'list', kind, ...where, as: 'full' }, outcome: 'ok' }];
  });
}

const namespacesOf = (objects: Iterable<KubernetesObject>): ReadonlySet<string | undefined> =>
  new Set([...objects].map(({ kind, metadata }) => (kind === 'Namespace' ? metadata.name : metadata.namespace)));

const moreFailures = (count: number): readonly ReadResult[] =>
  count <= 0
    ? []
    : [
        {
          read: { verb: 'list', kind: `${count} more files`, as: 'full' },
          outcome: 'failed',
          message: 'cannot be read either',
        },
      ];

/**
 * Of a container that waits to be started again the kubelet shows the log of its last instance, asked for or not
 * (`validateContainerLogStatus` in pkg/kubelet/kubelet_pods.go, v1.36): where only one log was kept, it is the previous
 * one.
 */
function withPrevious(
  logs: readonly LogExcerpt[],
  objects: ReadonlyMap<string, KubernetesObject>,
): readonly LogExcerpt[] {
  const known = new Set(logs.map(logKey));
  return logs.flatMap((log) => {
    const previous = { ...log, previous: true };
    if (log.previous || known.has(logKey(previous))) return [log];
    const pod = objects.get(`/Pod/${log.namespace}/${log.pod}`);
    return pod !== undefined && waitsAgain(pod, log.container) ? [log, previous] : [log];
  });
}

function waitsAgain(pod: Pod, container: string): boolean {
  const { containerStatuses, initContainerStatuses } = pod.status ?? {};
  return [containerStatuses, initContainerStatuses]
    .flatMap((statuses) => (Array.isArray(statuses) ? statuses : []))
    .some(
      (each) =>
        each?.name === container && each.state?.waiting !== undefined && each.lastState?.terminated !== undefined,
    );
}
