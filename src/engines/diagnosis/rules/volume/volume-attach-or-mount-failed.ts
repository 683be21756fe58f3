import { type ObjectRef, refOf } from '../../../objects.ts';
import { type MountFault, mountFaults } from '../../../volumes/mounting.ts';
import { defineRule, type Finding, type Fix } from '../../rule.ts';

const longestSource = 200;

export const volumeAttachOrMountFailed = defineRule({
  id: 'volume-attach-or-mount-failed',
  title: 'A volume cannot be attached or mounted',
  area: 'volume',
  class: 'cause',
  severity: 'high',
  meaning:
    'The pod has a node, but its containers are not started, because one of its volumes cannot be mounted there.',
  detection:
    'No container was ever started, and an event FailedMount, FailedAttachVolume or FailedMapVolume of the last 10 ' +
    'minutes says why, more than once or for more than 20 s. The volume and the claim behind it are named. Missing ConfigMaps, Secrets and ' +
    'tokens, and volumes that another pod holds, have rules of their own.',
  remedies: [
    'Correct the volume in the pod template, when its path, server or type is wrong.',
    "Mend the driver's pod on that node, or the storage behind it.",
  ],
  avoid: ['formatting or repairing the file system unattended', 'deleting the claim: the data is lost with it'],

  check: (snapshot) => mountFaults(snapshot).map(findingOf),
});

function findingOf(fault: MountFault): Finding {
  const { pod, volume, claim, event } = fault;
  const subject = refOf(pod);
  const reading = readingOf(fault);
  const name = volume?.name === undefined ? 'a volume' : `volume ${volume.name}`;
  const of = claim === undefined ? '' : ` (PersistentVolumeClaim/${claim.metadata.name})`;
  return {
    subject,
    problem: `cannot start: ${name}${of} cannot be mounted: ${reading.says}`,
    culprit: reading.culprit ?? (claim === undefined ? undefined : refOf(claim)),
    certainty: 'message',
    evidence: [
      { object: subject, source: 'event', text: `${event.reason}: ${event.message.trim()}`, at: event.at },
      ...(volume === undefined
        ? []
        : [{ object: subject, source: 'spec' as const, text: `volumes[${volume.name}] is ${sourceText(volume)}` }]),
    ],
    since: event.first === undefined ? event.at : new Date(event.first).toISOString(),
    fixes: reading.fixes,
  };
}

/** `hostPath {"path":"/srv/none","type":"Directory"}`: the volume without its name. */
function sourceText(volume: NonNullable<MountFault['volume']>): string {
  const [kind, value] = Object.entries(volume).find(([key, each]) => key !== 'name' && each !== undefined) ?? [];
  return kind === undefined ? 'empty' : `${kind} ${JSON.stringify(value).slice(0, longestSource)}`;
}

interface Reading {
  readonly says: string;
  readonly culprit?: ObjectRef;
  readonly fixes: readonly Fix[];
}

/** Types of hostPath that the kubelet can make itself. */
const creatable: ReadonlySet<string> = new Set(['Directory', 'File']);

/** What the words of drivers, kubelet and mount(8) mean; else they are quoted. */
function readingOf({ volume, essence, event }: MountFault): Reading {
  const field = `volumes[${volume?.name ?? '?'}]`;
  const driver = /driver name (\S+) not found in the list of registered CSI drivers/i.exec(event.message)?.[1];
  if (driver !== undefined) {
    return {
      says: `the CSI driver ${driver} is not registered on its node`,
      culprit: { kind: 'CSIDriver', name: driver },
      fixes: [
        {
          advice: `mend or install the DaemonSet of ${driver} on that node`,
          reason: 'the kubelet mounts through the driver that runs beside it',
        },
        { advice: `correct the driver in ${field}`, reason: 'if another driver is meant' },
      ],
    };
  }
  const host = /hostPath type check failed: (\S+) is not (.+)$/i.exec(essence);
  if (host !== null) {
    return {
      says: `${host[1]} is not ${host[2]} on its node (${field}.hostPath.type is ${volume?.hostPath?.type ?? 'set'})`,
      fixes: [
        { advice: `correct ${field}.hostPath.path`, reason: `the node has no such path` },
        ...(creatable.has(volume?.hostPath?.type ?? '')
          ? [
              {
                advice: `set ${field}.hostPath.type to ${volume?.hostPath?.type}OrCreate`,
                reason: 'if it may be empty at first',
              },
            ]
          : []),
      ],
    };
  }
  const filesystem = /unknown filesystem type '?([\w.]+)|\/sbin\/mount\.<type> helper/i.exec(event.message);
  if (filesystem !== null) {
    const type = filesystem[1] ?? (volume?.nfs === undefined ? 'its file system' : 'nfs');
    return {
      says: `its node cannot mount ${type} (${essence})`,
      fixes: [
        {
          advice: `install the mount helper or kernel module of ${type} on the nodes`,
          reason: 'mount(8) does not know it',
        },
      ],
    };
  }
  const server = volume?.nfs?.server;
  if (
    server !== undefined &&
    /connection refused|timed? ?out|no route|unreachable|access denied/i.test(event.message)
  ) {
    return {
      says: `the NFS server ${server} does not let it (${essence})`,
      fixes: [
        {
          advice: `check that ${server} exports ${volume?.nfs?.path} to the nodes and is reachable from them`,
          reason: 'the node mounts it, not the pod',
        },
      ],
    };
  }
  return {
    says: essence,
    fixes: [{ advice: `correct ${field}, or mend the storage behind it`, reason: 'the kubelet tries again by itself' }],
  };
}
