import { answeringServer } from '../../../answering-server.ts';
import { pathIn } from '../../../file-paths.ts';
import { mountOf } from '../../../log-links.ts';
import type { SignatureId } from '../../../logs/signatures.ts';
import { nameOf } from '../../../objects.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { type LogFault, logFindings, ofContainer, textOf } from '../../log-finding.ts';
import { defineRule, type Fix } from '../../rule.ts';

export const logResourceExhausted = defineRule({
  id: 'log-resource-exhausted',
  title: 'The application ran out of something',
  area: 'pod',
  class: 'cause',
  severity: 'high',
  meaning: 'Disk space, file handles, threads or connections are used up, or two transactions wait for each other.',
  detection:
    'The log line that tells most about a crash, or about a readiness check that answers with an error, or that a ' +
    'ready container repeats up to now, says so in known words: "no space left on device", "too many open files", ' +
    '"unable to create native thread", an exhausted pool, "too many clients already", "deadlock detected". For a ' +
    'path, the volume that holds it is named.',
  remedies: ['Find out what holds the resource, and free it or raise its limit.', 'Restart as a stop-gap.'],
  avoid: ['scaling out against a saturated database: every replica takes more connections'],

  check: (snapshot) =>
    logFindings(snapshot, 'log-resource-exhausted', (fault) => {
      const place = fault.signature === 'disk-full' ? placeOf(fault) : undefined;
      const server = fault.signature === 'pool-exhausted' ? serverOf(snapshot, fault) : undefined;
      const clause = place ?? (server === undefined ? undefined : `${nameOf(server)} has no connection slot left`);
      return {
        clause: clause === undefined ? '' : ` (${clause})`,
        fixes: [server === undefined ? fixOf(fault, place) : slotsFix(nameOf(server))],
        ...(server !== undefined && { dependsOn: [server] }),
      };
    }),
});

/** Shared memory has a file system of its own, which no claim enlarges (containerd mounts it with `size=65536k`). */
const isSharedMemory = ({ telling }: Pick<LogFault, 'telling'>): boolean =>
  /shared memory|\/dev\/shm|shm_open/i.test(textOf({ telling }));

/** Words of a server about its own limit; a pool of the client says other ones. */
const serversWords =
  /too many clients already|too many connections|connection slots are reserved|max number of clients/i;

/** The server whose connections are used up; `undefined` when it is a pool of the client, or nobody knows whose. */
function serverOf(snapshot: Snapshot, { pod, container, telling }: LogFault) {
  const text = textOf({ telling });
  return serversWords.test(text) ? answeringServer(snapshot, { pod, container }, text) : undefined;
}

const slotsFix = (server: string): Fix => ({
  advice: `find which clients hold the connections of ${server}, or raise its max_connections (a pooler in front needs less)`,
  reason: 'the server refuses every client until one lets go',
});

/** `/data/wal is in volume data, from PersistentVolumeClaim/data-0`. */
function placeOf({ pod, container, telling }: LogFault): string | undefined {
  if (isSharedMemory({ telling })) return '/dev/shm of a container is 64 MiB, unless a volume is mounted there';
  const path = pathIn(textOf({ telling }));
  if (path === undefined) return undefined;
  const mount = mountOf(container, path);
  if (mount === undefined) return `${path} is on the disk of the node: no volume is mounted there`;
  const volume = pod.spec?.volumes?.find(({ name }) => name === mount.name);
  const claim = volume?.persistentVolumeClaim?.claimName;
  const limit = volume?.emptyDir?.sizeLimit;
  const kind = volume?.emptyDir === undefined ? '' : `, an emptyDir${limit === undefined ? '' : ` of ${limit}`}`;
  return `${path} is in volume ${mount.name}${claim === undefined ? kind : `, from PersistentVolumeClaim/${claim}`}`;
}

const causes: Readonly<Partial<Record<SignatureId, { readonly advice: string; readonly reason: string }>>> = {
  'file-handles-exhausted': {
    advice: 'find what keeps files or sockets open, or raise the limit of open files where the process is started',
    reason: 'a limit of the process is reached, not one of the pod: Kubernetes sets none',
  },
  'threads-exhausted': {
    advice: 'lower the number of threads, or raise the limit of processes of the node (kubelet podPidsLimit)',
    reason: 'the node or its kubelet allows no more threads',
  },
  'pool-exhausted': {
    advice: 'find what holds the connections, or raise the size of the pool within what the database allows',
    reason: 'every connection is in use, and none came back in time',
  },
  deadlock: {
    advice: 'make the transactions that the log names take their locks in the same order',
    reason: 'each waits for a lock that the other holds',
  },
};

function fixOf(fault: LogFault, place: string | undefined): Fix {
  const known = causes[fault.signature];
  if (known !== undefined) return known;
  if (fault.signature === 'disk-full' && isSharedMemory(fault))
    return {
      advice: `mount an emptyDir with medium: Memory at /dev/shm${ofContainer(fault)}`,
      reason: 'it may then be as large as its sizeLimit, within the memory limit',
    };
  const limited = emptyDirOf(fault);
  return {
    advice:
      limited?.sizeLimit === undefined
        ? `make room where the log says it is full${ofContainer(fault)}, or enlarge the volume`
        : `raise sizeLimit of emptyDir volume ${limited.volume} above ${limited.sizeLimit}, or write less to it`,
    reason: place ?? 'a file system is full',
  };
}

function emptyDirOf({ pod, container, telling }: LogFault) {
  const path = pathIn(textOf({ telling }));
  const volume = path === undefined ? undefined : mountOf(container, path)?.name;
  const found = pod.spec?.volumes?.find(({ name }) => name === volume)?.emptyDir;
  return found && { volume, sizeLimit: found.sizeLimit };
}
