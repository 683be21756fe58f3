import { complaints } from '../../../complaints.ts';
import { type ConfigWrite, configWrites } from '../../../config-writes.ts';
import { formatDuration, second, timeOf } from '../../../durations.ts';
import { type TellingEntry, tellingEntries } from '../../../logs/telling.ts';
import { nameOf, type Pod, refOf } from '../../../objects.ts';
import { workloadOf } from '../../../owners.ts';
import { brokenPods } from '../../../pod-groups.ts';
import { containersOf, type PodContainer } from '../../../pods.ts';
import type { Reference } from '../../../references.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { restartFix } from '../../heal-fixes.ts';
import { defineRule, type Evidence, type Finding } from '../../rule.ts';
import { proofOf, type Staleness } from '../../stale-proof.ts';

/** Times in statuses have whole seconds. */
const resolution = second;

/** What programs say of a credential that is no longer valid. */
const refused =
  /authentication failed|access denied|unauthori[sz]ed|\b401\b|permission denied for user|login failed|NOAUTH|WRONGPASS|ACCESS_REFUSED|(?:invalid|bad|wrong|expired|revoked) (?:user ?name|credentials?|password|token|(?:api[- ]?)?key|secret|login|signature)/i;

const restartable = new Set(['Deployment', 'StatefulSet', 'DaemonSet']);

export const configStaleInPod = defineRule({
  id: 'config-stale-in-pod',
  title: 'A container still has the old configuration',
  area: 'workload',
  class: 'cause',
  severity: 'high',
  meaning:
    'A ConfigMap or Secret was changed after the container started. Environment variables and subPath mounts keep the ' +
    'value of the start, so the program works with what is no longer valid.',
  detection:
    'A pod is not ready, or keeps logging a known fault, and a container of it that runs started before the data of a ConfigMap or Secret that it takes by env, ' +
    'envFrom or subPath was last written (managedFields). When its log says that a credential was refused, or names the ' +
    'variable or key, that is the cause; else it is told as a risk. Volumes without subPath follow by themselves. ' +
    'It is confirmed when a pod of the same template that started after the write is well while none from before it is, or ' +
    'when all pods are older, nothing but what the container takes was written, and its log complains only since then.',
  remedies: ['Restart the workload, one pod after the other, so that it reads the new value.'],
  avoid: [
    'editing the Secret or ConfigMap again: the container does not see that either',
    'restarting everything that shares it at once',
  ],

  check: (snapshot) => [
    ...brokenPods(snapshot).flatMap((pod) =>
      containersOf(pod).flatMap((container) => findingOf(snapshot, unreadyOf(snapshot, pod, container))),
    ),
    ...complaints(snapshot).flatMap(({ pod, container, fault: { tellings } }) =>
      findingOf(snapshot, { pod, container, entries: tellings, ready: true }),
    ),
  ],
});

/** A container with what its log says of why it fails. */
interface Told {
  readonly pod: Pod;
  readonly container: PodContainer;
  readonly entries: readonly TellingEntry[];
  readonly ready: boolean;
}

function unreadyOf(snapshot: Snapshot, pod: Pod, container: PodContainer): Told {
  const log = snapshot.log(refOf(pod), container.name, false);
  return { pod, container, entries: log === undefined ? [] : tellingEntries(log), ready: false };
}

function findingOf(snapshot: Snapshot, { pod, container, entries, ready }: Told): readonly Finding[] {
  const startedAt = container.status?.state?.running?.startedAt;
  const started = timeOf(startedAt);
  if (started === undefined || (container.status?.ready === true) !== ready) return [];
  const stale = configWrites(snapshot, pod)
    .map((write) => ({ write, kept: keptReferences(write, container) }))
    .filter(({ write, kept }) => kept.length > 0 && write.at >= started + resolution);
  const told = stale.flatMap((each) => {
    const entry = entries.find((candidate) => blames(candidate, each.write));
    return entry === undefined ? [] : [{ ...each, entry }];
  });
  // Of a container that is ready, nobody says that it should have the new value.
  const silent = ready ? [] : stale.map((each) => ({ ...each, entry: undefined }));
  const [chosen] = [...told, ...silent];
  if (chosen === undefined) return [];
  const { write, kept, entry } = chosen;
  const fields = [...new Set(kept.map(({ field }) => field))];
  const object = nameOf(write.object);
  const workload = workloadOf(snapshot, pod);
  const by = write.by === undefined ? '' : ` by ${write.by}`;
  const proof =
    entry === undefined || stale.length > 1 ? undefined : proved(snapshot, entry, { pod, container, write, kept });
  const complaint: readonly Evidence[] =
    entry === undefined ? [] : [{ object: refOf(pod), source: 'log', text: entry.words, at: entry.entry.at }];
  return [
    {
      subject: refOf(pod),
      container: container.name,
      problem: `still runs with the old ${object}, which was changed after container ${container.name} started (${fields.join(', ')})${entry === undefined ? '' : `; it says: ${entry.essence}`}`,
      class: entry === undefined ? 'risk' : 'cause',
      severity: entry === undefined ? 'medium' : undefined,
      certainty: entry === undefined ? 'inferred' : proof === undefined ? 'message' : 'recomputed',
      evidence: [
        ...complaint,
        {
          object: write.object,
          source: 'change',
          text: `${object} was written${by}, ${formatDuration(write.at - started)} after the start of container ${container.name}`,
          at: write.time,
        },
        { object: refOf(pod), source: 'status', text: `container ${container.name} runs since then`, at: startedAt },
        ...(proof === undefined ? [] : [{ object: refOf(pod), source: 'recomputed' as const, text: proof }]),
      ],
      since: write.time,
      fixes: [
        restartable.has(workload.kind)
          ? restartFix(workload, `new containers read ${object} as it is now`)
          : {
              advice: `make the pods of ${nameOf(workload)} anew`,
              reason: `new containers read ${object} as it is now`,
            },
      ],
      nextCheck: `kubectl logs ${pod.metadata.name} -n ${pod.metadata.namespace} -c ${container.name}`,
    },
  ];
}

/** Where this container consumes it in a way that keeps the value of the start. */
const keptReferences = ({ references }: ConfigWrite, { name, spec }: PodContainer): readonly Reference[] =>
  references.filter(({ fixedAtStart, container, field }) => {
    if (!fixedAtStart) return false;
    if (container !== undefined) return container === name;
    const volume = /^volumes\[(.*)\]$/.exec(field)?.[1];
    return (spec.volumeMounts ?? []).some((mount) => mount.name === volume && mount.subPath !== undefined);
  });

/** What says more than the log line: that is no proof where it may speak of something else. */
function proved(snapshot: Snapshot, entry: TellingEntry, staleness: Omit<Staleness, 'complains'>): string | undefined {
  const { write } = staleness;
  const names = namesOf(write).filter((name) => distinctive.test(name));
  const isNamed = (line: string): boolean => names.some((name) => line.includes(name));
  const isRefused = (line: string): boolean => write.object.kind === 'Secret' && refused.test(line);
  return isRefused(entry.words) || (entry.plain && isNamed(entry.words))
    ? proofOf(snapshot, { ...staleness, complains: (line) => isRefused(line) || isNamed(line) })
    : undefined;
}

/** `DB_PASSWORD`, `app.yaml`; words such as `user` stand in many a line. */
const distinctive = /[_.-]/;

/** Whether a log line speaks of a refused credential, or names the variable or key that is stale. */
function blames({ words, plain }: TellingEntry, write: ConfigWrite): boolean {
  return refused.test(words) || (plain && namesOf(write).some((name) => words.includes(name)));
}

/** The keys and variables by which a program may call what is stale. */
const namesOf = ({ references }: ConfigWrite): readonly string[] =>
  references
    .flatMap(({ key, field }) => [key, /\.env\[(.*)\]$/.exec(field)?.[1]])
    .filter((name) => name !== undefined)
    .filter(({ length }) => length > 3);
