import type { Crash } from '../crashes/crashes.ts';
import { pathIn } from '../file-paths.ts';
import { mountOf } from '../log-links.ts';
import { keyOf, nameOf, type ObjectRef, refOf, type Volume } from '../objects.ts';
import { podsOf, workloadOf } from '../owners.ts';
import { containersOf, isFinished } from '../pods.ts';
import type { Snapshot } from '../snapshot.ts';
import type { CrashGap } from './crash-gap.ts';

/** Finds in the volumes of a pod what a program complains about: modes of files, a mount point with files, a lock of another pod. */
export function volumeGap(snapshot: Snapshot, crash: Crash): CrashGap | undefined {
  return modeGap(crash) ?? lostAndFoundGap(crash) ?? lockGap(snapshot, crash) ?? lonelyGap(crash);
}

/** Keys, cookies and certificates that programs refuse to use when others may read them (OpenSSH, PostgreSQL, Erlang, …). */
const tooOpen =
  /\bare too open\b|UNPROTECTED PRIVATE KEY|bad permissions|too permissive|accessible by (?:the )?owner only|only be (?:writ|read)able by the owner|has group or world access|(?:group|world)[ -](?:or[ -](?:world|other)s?[ -])?(?:readable|writable|accessible)|insecure permissions|should be (?:0?[46]00|u=rwx)|must (?:be|have) (?:mode |permissions )?0?[46]00\b/i;
/** Lines before the end among which such a complaint may stand: what follows it is said louder. */
const lastLines = 15;

function modeGap({ pod, container, telling, log }: Crash): CrashGap | undefined {
  const lines = [...(log?.lines ?? []).slice(-lastLines).map(({ text }) => text), ...(telling?.entry.lines ?? [])];
  const complaints = lines.filter((line) => tooOpen.test(line));
  if (complaints.length === 0) return undefined;
  const path = [...complaints, ...(telling?.entry.lines ?? [])].flatMap((line) => pathIn(line) ?? [])[0];
  const mount = path === undefined ? onlySecret(pod, container) : mountOf(container, path);
  const volume = pod.spec?.volumes?.find(({ name }) => name === mount?.name);
  if (mount === undefined || volume === undefined) return undefined;
  const source = volume.secret ?? volume.configMap ?? volume.projected;
  const group = pod.spec?.securityContext?.fsGroup;
  const where = `volumes[${volume.name}]`;
  if (source === undefined) return group === undefined ? undefined : groupGap(pod, { path: path ?? '', where, group });
  const file = path ?? 'what it brings';
  const mode = `0${(source.defaultMode ?? 0o644).toString(8)}`;
  const kept = group === undefined ? '' : `, and fsGroup ${group} adds the group's right to read`;
  return {
    says: `${where} gives ${file} the mode ${mode}${kept}, and the program wants it for its owner alone`,
    evidence: [{ object: refOf(pod), source: 'spec', text: `${where} has defaultMode ${mode}${kept}` }],
    fixes: [
      {
        advice: `set defaultMode: 0400 in ${where}, if the program runs as root; else copy ${file} to an emptyDir at start and chmod 600 it there`,
        reason: 'files of a Secret or ConfigMap belong to root, and others read them by default',
      },
    ],
  };
}

/** The one Secret that a container mounts, when a complaint about a key names no file. */
function onlySecret(pod: Crash['pod'], { spec }: Crash['container']) {
  const [only, ...others] = (spec.volumeMounts ?? []).filter(
    ({ name }) => pod.spec?.volumes?.find((each) => each.name === name)?.secret !== undefined,
  );
  return others.length === 0 ? only : undefined;
}

function groupGap(
  pod: Crash['pod'],
  { path, where, group }: { readonly path: string; readonly where: string; readonly group: number },
): CrashGap {
  return {
    says: `fsGroup ${group} gives the group rights to ${path} in ${where}, and the program wants it for its owner alone`,
    evidence: [{ object: refOf(pod), source: 'spec', text: `securityContext.fsGroup is ${group}` }],
    fixes: [
      {
        advice: `set fsGroupChangePolicy: OnRootMismatch and chmod ${path} back once, or remove fsGroup`,
        reason: 'at each mount the kubelet gives the group the rights of the owner',
      },
    ],
  };
}

const notEmpty = /lost\+found|\bexists but is not empty\b|data directory .{0,60}\bnot empty\b|has files in it\b/i;

/** A data directory that is the root of a volume, where its file system keeps lost+found. */
function lostAndFoundGap({ pod, container, telling }: Crash): CrashGap | undefined {
  const text = telling?.entry.lines.join('\n') ?? '';
  if (!notEmpty.test(text)) return undefined;
  const path = pathIn(text)?.replace(/\/+$/, '');
  const mounts = container.spec.volumeMounts ?? [];
  const mount =
    path === undefined
      ? mounts.find(({ name }) => claimOf(pod.spec?.volumes, name) !== undefined)
      : mounts.find(({ mountPath = '' }) => mountPath.replace(/\/+$/, '') === path);
  const claim = mount === undefined ? undefined : claimOf(pod.spec?.volumes, mount.name);
  if (mount === undefined || claim === undefined || mount.subPath !== undefined) return undefined;
  const { mountPath } = mount;
  const isPostgres = /initdb|postgres/i.test(`${text} ${mountPath} ${container.spec.image}`);
  const subPath = {
    advice: `mount volume ${mount.name} of container ${container.name} with a subPath, such as data`,
    reason: 'a folder of the volume is empty, its root is not',
  };
  const says = `its data directory ${mountPath} is the root of the volume of PersistentVolumeClaim/${claim}, where the file system keeps lost+found`;
  return {
    says,
    evidence: [
      { object: refOf(pod), source: 'spec', text: `volume ${mount.name} is mounted at ${mountPath} without a subPath` },
    ],
    fixes: [
      ...(isPostgres
        ? [
            {
              advice: `set PGDATA=${mountPath}/pgdata in env of container ${container.name}`,
              reason: 'PostgreSQL then makes a folder of its own below the mount point',
            },
          ]
        : []),
      subPath,
    ],
  };
}

const claimOf = (volumes: readonly Volume[] | undefined, name: string | undefined): string | undefined =>
  volumes?.find((each) => each.name === name)?.persistentVolumeClaim?.claimName;

/** What storage engines say when another process has their files. */
const locked =
  /\b(?:unable|failed|cannot|could not|can't) (?:to )?(?:obtain |acquire |get |take )?(?:a |the |an )?(?:(?:exclusive|file|directory|node|process|database|write) )*locks?\b|lock (?:DB directory|file|held)|resource temporarily unavailable|already (?:in use|locked|running|being used) by|another (?:\w+ )?(?:process|instance|server|mysqld|mongod)\b|database (?:is )?(?:already )?(?:locked|in use)|\bLOCK: |LockObtainFailed|lock file ".*" already exists|failed to open bolt file: timeout|may already be in use/i;

/** Another pod that mounts a claim of one that does not get a lock: a replica, or the pod of the revision before. */
function holderOf(snapshot: Snapshot, { pod, container, telling, log }: Crash) {
  const text = [...(telling?.entry.lines ?? []), ...(log?.lines ?? []).slice(-lastLines).map((line) => line.text)].join(
    '\n',
  );
  if (!locked.test(text)) return undefined;
  const claims = (container.spec.volumeMounts ?? []).flatMap(({ name }) => claimOf(pod.spec?.volumes, name) ?? []);
  return snapshot
    .all('Pod', pod.metadata.namespace)
    .filter((each) => each.metadata.name !== pod.metadata.name && !isFinished(each))
    .flatMap((each) => {
      const claim = each.spec?.volumes?.flatMap(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName ?? []);
      const shared = claims.find((mine) => claim?.includes(mine));
      return shared === undefined ? [] : [{ claim: shared, owner: workloadOf(snapshot, each) }];
    })[0];
}

/** Whether a pod crashes only because another pod of its own workload has the files: no template mends that. */
export function isLockedByItsOwn(snapshot: Snapshot, crash: Crash): boolean {
  const owner = holderOf(snapshot, crash)?.owner;
  return owner !== undefined && keyOf(owner) === keyOf(workloadOf(snapshot, crash.pod));
}

/** A volume whose files another pod of the cluster holds open. */
function lockGap(snapshot: Snapshot, crash: Crash): CrashGap | undefined {
  const holder = holderOf(snapshot, crash);
  if (holder === undefined) return undefined;
  const own = workloadOf(snapshot, crash.pod);
  const same = keyOf(own) === keyOf(holder.owner);
  return {
    says: `${same ? 'another pod of it' : nameOf(holder.owner)} has the files of PersistentVolumeClaim/${holder.claim} open`,
    evidence: [
      {
        object: own,
        source: 'recomputed',
        text: `${podsOf(snapshot, own).length} of its pods mount ${holder.claim}${strategyClause(snapshot, own)}`,
      },
    ],
    fixes: same
      ? [
          {
            advice: `run ${nameOf(own)} with 1 replica and strategy Recreate`,
            reason: 'only one process can have the files, and a rolling update starts the next before the last ends',
          },
          {
            advice: 'make it a StatefulSet with volumeClaimTemplates',
            reason: 'if every replica can have files of its own',
          },
        ]
      : [
          {
            advice: `give ${nameOf(own)} a claim of its own, or stop ${nameOf(holder.owner)}`,
            reason: 'only one process can have the files',
          },
        ],
  };
}

const missingFile =
  /no such file|ENOENT|FileNotFound|not found|does not exist|cannot open|can't open|\binvalid path\b/i;

/** A file in an emptyDir that nobody else of the pod mounts: it is empty at the start. */
function lonelyGap({ pod, container, telling }: Crash): CrashGap | undefined {
  const text = telling?.entry.lines.join('\n') ?? '';
  const path = missingFile.test(text) ? pathIn(text) : undefined;
  const mount = path === undefined ? undefined : mountOf(container, path);
  const volume = pod.spec?.volumes?.find(({ name }) => name === mount?.name);
  if (mount === undefined || volume?.emptyDir === undefined) return undefined;
  const others = containersOf(pod).filter(({ name }) => name !== container.name);
  if (others.some(({ spec }) => spec.volumeMounts?.some(({ name }) => name === mount.name) === true)) return undefined;
  const writer = others.find(({ init }) => init)?.name;
  const says = `volumes[${mount.name}] at ${mount.mountPath} is an emptyDir that no other container mounts, so it is empty at first`;
  return {
    says,
    evidence: [{ object: refOf(pod), source: 'spec', text: says }],
    fixes: [
      {
        advice:
          writer === undefined
            ? `let the program create ${path}, or mount what brings it`
            : `mount volume ${mount.name} in init container ${writer} too, if that is to write ${path}`,
        reason: 'a mount hides what the image has there, and an emptyDir begins empty',
      },
    ],
  };
}

function strategyClause(snapshot: Snapshot, { kind, namespace, name }: ObjectRef): string {
  const spec = kind === 'Deployment' ? snapshot.find('Deployment', namespace, name)?.spec : undefined;
  if (spec === undefined) return '';
  return `; replicas ${spec.replicas ?? 1}, strategy ${spec.strategy?.type ?? 'RollingUpdate'}`;
}
