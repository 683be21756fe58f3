import type { Crash } from '../crashes/crashes.ts';
import { isUnder, pathIn } from '../file-paths.ts';
import { nameOf, type Pod, refOf, type Volume } from '../objects.ts';
import { type PodContainer, specPath } from '../pods.ts';
import type { Snapshot } from '../snapshot.ts';
import { keysOf } from './absent-key.ts';
import { childKilledGap } from './child-killed-gap.ts';
import { advertisedGap, linkGap, networkGap } from './crash-network-gap.ts';
import { databaseFileGap } from './database-file-gap.ts';
import { environmentGap } from './environment-gap.ts';
import { firstProcessGap } from './first-process-gap.ts';
import { kernelGap } from './kernel-gap.ts';
import { memorySettingGap } from './memory-setting-gap.ts';
import { mountGap } from './mount-gap.ts';
import type { Finding } from './rule.ts';
import { tokenGap } from './token-gap.ts';
import { unsyncedGap } from './unsynced-gap.ts';
import { versionGap } from './version-gap.ts';
import { volumeGap } from './volume-gap.ts';

/** What the pod's spec lacks that its program complains about. */
export type CrashGap = Pick<Finding, 'evidence' | 'fixes'> & { readonly says: string };

const wholeText = ({ log, telling }: Crash): string =>
  (log?.lines.map((line) => line.text) ?? telling?.entry.lines ?? []).join('\n');

/** Finds in the pod's spec what the words of a crash miss: a capability, the token, or a file that is mounted elsewhere. */
export function crashGap(snapshot: Snapshot, crash: Crash): CrashGap | undefined {
  const { pod, container, telling } = crash;
  const text = telling?.entry.lines.join('\n') ?? '';
  return (
    tokenGap(pod, container, text) ??
    unsyncedGap(snapshot, crash) ??
    environmentGap(snapshot, { pod, container }, text) ??
    networkGap(snapshot, pod, container, text) ??
    (telling === undefined ? linkGap(snapshot, pod, container, wholeText(crash)) : undefined) ??
    advertisedGap(snapshot, pod, wholeText(crash)) ??
    kernelGap({ pod, container }, text) ??
    firstProcessGap({ pod, container }, text) ??
    memorySettingGap({ pod, container }, text) ??
    databaseFileGap(crash) ??
    privilegeGap(pod, container, text) ??
    capabilityGap(pod, container, text) ??
    childKilledGap({ pod, container }, text) ??
    versionGap(crash) ??
    volumeGap(snapshot, crash) ??
    fileGap(snapshot, pod, container, text) ??
    mountGap(crash)
  );
}

/** Whether a runtime grants it by default (containerd `defaultUnixCaps`). */
interface Capability {
  readonly name: string;
  readonly byDefault: boolean;
}

const refused =
  /operation not permitted|permission denied|\bEPERM\b|must be root|are you root|\b(?:missing|lacks?|requires?|needs?|without|need) (?:the )?(?:capability )?cap_\w+|failed to lock memory|mlock\w*[^\n]*cannot allocate memory/i;
/** What only a capability allows, in the words of the programs that are refused. */
const capabilities: readonly (readonly [RegExp, Capability])[] = [
  [
    /RTNETLINK answers|iptables|ip6tables|nf_tables|nft|\/dev\/net\/tun|TUNSETIFF|SIOCSIF/i,
    { name: 'NET_ADMIN', byDefault: false },
  ],
  [/\bping\b|raw socket|icmp open socket|SOCK_RAW/i, { name: 'NET_RAW', byDefault: true }],
  [/\bptrace\b|strace:/i, { name: 'SYS_PTRACE', byDefault: false }],
  [/\bmount: |mount\(2\)|unshare|pivot_root/i, { name: 'SYS_ADMIN', byDefault: false }],
  [/settimeofday|clock_settime|adjtimex/i, { name: 'SYS_TIME', byDefault: false }],
  [/mlock|failed to lock memory/i, { name: 'IPC_LOCK', byDefault: false }],
  [/sched_setscheduler|setpriority|sched_setaffinity/i, { name: 'SYS_NICE', byDefault: false }],
  [/\bchown\b/i, { name: 'CHOWN', byDefault: true }],
  [/\bset(?:res|e)?gid\b|\bset ?groups\b|initgroups/i, { name: 'SETGID', byDefault: true }],
  [
    /\bset(?:res|e)?uid\b|\bsu: |su-exec|gosu|setpriv|failed switching to|switch(?:ing)? user|cannot set user id/i,
    { name: 'SETUID', byDefault: true },
  ],
];

/** Those that containerd gives to every container (`defaultUnixCaps`). */
const givenByDefault = new Set(
  'CHOWN DAC_OVERRIDE FSETID FOWNER MKNOD NET_RAW SETGID SETUID SETFCAP SETPCAP NET_BIND_SERVICE SYS_CHROOT KILL AUDIT_WRITE'.split(
    ' ',
  ),
);

/** The capability that a program names itself. */
function namedIn(text: string): Capability | undefined {
  const name = /\bcap_([a-z]+(?:_[a-z]+)*)/i.exec(text)?.[1]?.toUpperCase();
  return name === undefined ? undefined : { name, byDefault: givenByDefault.has(name) };
}

/** What sudo and other programs with the setuid bit say when the kernel lets them become nobody else. */
const noNewPrivileges = /no[ _]new[ _]priv(?:ilege)?s|effective uid is not 0, is .{0,40}'nosuid'/i;

function privilegeGap(pod: Pod, { name, spec }: PodContainer, text: string): CrashGap | undefined {
  if (!noNewPrivileges.test(text) || spec.securityContext?.allowPrivilegeEscalation !== false) return undefined;
  const says = `securityContext.allowPrivilegeEscalation of container ${name} is false, so nothing in it becomes root`;
  return {
    says,
    evidence: [{ object: refOf(pod), source: 'spec', text: says }],
    fixes: [
      {
        advice: `do without sudo or setuid in container ${name}, or run it as the user that it needs`,
        reason: 'the kernel sets no_new_privs for it',
      },
      {
        advice: `set allowPrivilegeEscalation to true in container ${name}, if it is meant to become root`,
        reason: 'then the setuid bit works',
      },
    ],
  };
}

/** A capability that a program needs and its container does not have. */
export function capabilityGap(pod: Pod, container: PodContainer, text: string): CrashGap | undefined {
  if (!refused.test(text)) return undefined;
  const needed = capabilities.find(([words]) => words.test(text))?.[1] ?? namedIn(text);
  const { securityContext = {} } = container.spec;
  if (needed === undefined || securityContext.privileged === true) return undefined;
  const { add = [], drop = [] } = securityContext.capabilities ?? {};
  const lists = (list: readonly string[]): boolean =>
    list.some((each) => [needed.name, `CAP_${needed.name}`, 'ALL'].includes(each.toUpperCase()));
  const isDropped = lists(drop);
  if (lists(add) || (needed.byDefault && !isDropped)) return undefined;
  const field = `${specPath(container)}.securityContext.capabilities`;
  const says = isDropped
    ? `${field}.drop takes ${needed.name} from it, which that needs`
    : `that needs the capability ${needed.name}, which ${field}.add does not give`;
  return {
    says,
    evidence: [
      { object: refOf(pod), source: 'spec', text: `${field}: add [${add.join(', ')}], drop [${drop.join(', ')}]` },
    ],
    fixes: [
      {
        advice: `add ${needed.name} to ${field}.add, if the program is meant to do that`,
        reason: 'the kernel allows it with that capability only',
      },
    ],
  };
}

const missingFile = /no such file|ENOENT|FileNotFound|not found|does not exist|cannot open|can't open/i;

/** A file that the container misses and that a ConfigMap or Secret of the pod has, mounted at another path. */
function fileGap(snapshot: Snapshot, pod: Pod, { name, spec }: PodContainer, text: string): CrashGap | undefined {
  const path = missingFile.test(text) ? pathIn(text) : undefined;
  const file = path?.split('/').at(-1) ?? '';
  const mounts = spec.volumeMounts ?? [];
  if (path === undefined || file === '' || mounts.some(({ mountPath = '' }) => isUnder(path, mountPath)))
    return undefined;
  for (const { name: volumeName, mountPath = '', subPath } of mounts) {
    const volume = pod.spec?.volumes?.find((each) => each.name === volumeName);
    const source = volume && sourceOf(snapshot, pod, volume);
    if (source === undefined || subPath !== undefined || !source.files.includes(file)) continue;
    const folder = path.slice(0, -file.length - 1);
    return {
      says: `${nameOf(source.ref)} has ${file}, and volume ${volumeName} puts it at ${mountPath}, not at ${folder}`,
      evidence: [
        { object: refOf(pod), source: 'spec', text: `container ${name} mounts volume ${volumeName} at ${mountPath}` },
      ],
      fixes: [
        {
          advice: `set mountPath of volume ${volumeName} in container ${name} to ${folder}`,
          reason: `the program looks for ${path}`,
        },
      ],
    };
  }
  return undefined;
}

function sourceOf(snapshot: Snapshot, pod: Pod, { configMap, secret }: Volume) {
  const { namespace } = pod.metadata;
  const items = configMap?.items ?? secret?.items;
  const name = configMap?.name ?? secret?.secretName;
  if (name === undefined) return undefined;
  const ref = { kind: configMap === undefined ? 'Secret' : 'ConfigMap', namespace, name };
  const files = items === undefined ? (keysOf(snapshot, ref) ?? []) : items.flatMap(({ path }) => path ?? []);
  return { ref, files };
}
