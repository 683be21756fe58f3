import { formatDuration, minute, timeOf } from '../../../durations.ts';
import { type Of, type Pod, refOf } from '../../../objects.ts';
import { controllerOf } from '../../../owners.ts';
import { containersOf, isFinished, isTerminating, type PodContainer } from '../../../pods.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { defineRule, type Finding } from '../../rule.ts';

/** A helper may still send what the task left behind. */
const hold = minute;
const defaultContainer = 'kubectl.kubernetes.io/default-container';
/** Helpers that meshes, clouds and secret stores put beside a task; compared with names of containers. */
const helpers =
  /^(istio-proxy|linkerd-proxy|envoy|cloud-?sql-?proxy|vault-agent|consul-dataplane|daprd|kuma-sidecar|aws-.*proxy)/i;

export const sidecarBlocksJob = defineRule({
  id: 'sidecar-blocks-job',
  title: 'A helper container keeps a Job from completing',
  area: 'workload',
  class: 'cause',
  severity: 'medium',
  meaning:
    'The task is done, but the Job does not complete: another container of its pod runs on, and a pod ends when all have.',
  detection:
    'In a running pod of a Job the main container ended with exit code 0 more than a minute ago, and other regular ' +
    'containers still run. The main container is the one of the default-container annotation, else what the Job itself ' +
    'declares where admission added the rest, else the first. A first container that still runs is the task.',
  remedies: [
    'Declare the helper as an init container with restartPolicy: Always; it is then stopped when the task ends.',
    "Let the task end its helper, through the helper's own quit endpoint or a shared file.",
  ],
  avoid: [
    'deleting the pod before it is known that its work is done: the Job runs it again',
    'marking the Job complete by hand',
  ],

  check: (snapshot) => snapshot.all('Pod').flatMap((pod) => findingOf(snapshot, pod)),
});

function findingOf(snapshot: Snapshot, pod: Pod): readonly Finding[] {
  const owner = controllerOf(pod);
  if (owner?.kind !== 'Job' || isFinished(pod) || isTerminating(pod)) return [];
  const job = snapshot.find('Job', owner.namespace, owner.name);
  const regular = containersOf(pod).filter(({ init }) => !init);
  const running = regular.filter(({ status }) => status?.state?.running !== undefined);
  const main = mainOf(pod, job, regular);
  const done = main?.container.status?.state?.terminated;
  const finished = timeOf(done?.finishedAt);
  if (main === undefined || done?.exitCode !== 0 || finished === undefined || running.length === 0) return [];
  // Anything else than done or running is a fault of its own.
  const ended = regular.filter(({ status }) => status?.state?.terminated?.exitCode === 0);
  if (ended.length + running.length < regular.length || snapshot.now - finished < hold) return [];
  const names = running.map(({ name }) => name).join(', ');
  return [
    {
      subject: refOf(pod),
      problem: `does not complete: ${main.container.name} ended with exit code 0, but ${names} still ${running.length > 1 ? 'run' : 'runs'} beside it as a regular container`,
      certainty: main.certain ? 'recomputed' : 'inferred',
      evidence: [
        {
          object: refOf(pod),
          source: 'status',
          text: `container ${main.container.name} completed ${formatDuration(snapshot.now - finished)} ago; running: ${names}`,
          at: done.finishedAt,
        },
      ],
      since: done.finishedAt,
      fixes: [
        {
          advice: `move ${names} to initContainers with restartPolicy: Always`,
          reason: 'such a sidecar is stopped when the regular containers have ended (Kubernetes 1.29 and later)',
        },
        {
          advice: `let ${main.container.name} end ${names} when it is done`,
          reason: 'where the pod template cannot change',
        },
      ],
      missingEvidence: main.certain ? [] : [`whether ${main.container.name} is the task: it is the first container`],
      nextCheck: `kubectl logs ${pod.metadata.name} -n ${pod.metadata.namespace} -c ${running[0]?.name}`,
    },
  ];
}

interface Main {
  readonly container: PodContainer;
  /** Whether something says so, rather than its place in the list. */
  readonly certain: boolean;
}

function mainOf(pod: Pod, job: Of<'Job'> | undefined, regular: readonly PodContainer[]): Main | undefined {
  const named = regular.find(({ name }) => name === pod.metadata.annotations?.[defaultContainer]);
  if (named !== undefined) return { container: named, certain: true };
  const declared = new Set((job?.spec?.template?.spec?.containers ?? []).map(({ name }) => name));
  const isHelper = ({ name }: PodContainer): boolean =>
    helpers.test(name) || (declared.size > 0 && !declared.has(name));
  const tasks = regular.filter((container) => !isHelper(container));
  const [first] = tasks;
  return first === undefined ? undefined : { container: first, certain: tasks.length === 1 };
}
