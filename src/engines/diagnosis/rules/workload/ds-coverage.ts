import { creationFailures } from '../../../admission.ts';
import { isAskedAbout } from '../../../asked-about.ts';
import { minute } from '../../../durations.ts';
import { keyOf, type Of, refOf } from '../../../objects.ts';
import { podsOf } from '../../../owners.ts';
import { isBroken, podStatusText, unreadyFor } from '../../../pods.ts';
import { matchesMap } from '../../../selectors.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { defineRule, type Evidence, type Finding } from '../../rule.ts';

/** Nodes come and go, and a pod takes a moment to start on each. */
const hold = minute;
const namedNodes = 3;

export const dsCoverage = defineRule({
  id: 'ds-coverage',
  title: 'A DaemonSet does not serve every node that it should',
  area: 'workload',
  class: 'symptom',
  severity: 'medium',
  meaning: 'On some nodes what the DaemonSet brings is missing: an agent, a driver, the network.',
  detection:
    'status.numberAvailable is below desiredNumberScheduled, and its pods are broken for a minute, or the API server refuses to create them; the ' +
    'nodes are named where the pods tell. What is found on the pods explains it. A DaemonSet that wants no node at all, ' +
    'where the nodes were read and none has the labels of its nodeSelector, is told as a risk. Nodes with a taint that it ' +
    'does not tolerate are not wanted, and no fault.',
  remedies: ['Mend what the pods on the named nodes suffer from.', 'Correct the nodeSelector or label the nodes.'],
  avoid: ['restarting the pods on the nodes that work'],

  check: (snapshot) =>
    snapshot.all('DaemonSet').flatMap((set) => [...uncovered(snapshot, set), ...unwanted(snapshot, set)]),
});

function uncovered(snapshot: Snapshot, set: Of<'DaemonSet'>): readonly Finding[] {
  const {
    desiredNumberScheduled: desired = 0,
    numberAvailable: available = 0,
    currentNumberScheduled: current = 0,
  } = set.status ?? {};
  if (desired === 0 || available >= desired) return [];
  const subject = refOf(set);
  const broken = podsOf(snapshot, subject).filter((pod) => isBroken(pod) && unreadyFor(pod, snapshot.now) >= hold);
  const refused = creationFailures(snapshot).some(({ owner }) => keyOf(owner) === keyOf(subject));
  // A pod that is being replaced is missing for a moment.
  const missing = refused ? desired - current : 0;
  if (broken.length === 0 && missing <= 0) return [];
  const nodes = [...new Set(broken.flatMap(({ spec }) => spec?.nodeName ?? []))];
  const more = nodes.length > namedNodes ? ` and ${nodes.length - namedNodes} more` : '';
  const where = nodes.length === 0 ? '' : ` (not on ${nodes.slice(0, namedNodes).join(', ')}${more})`;
  const absent = missing > 0 ? `; ${missing} of its pods ${missing === 1 ? 'does' : 'do'} not exist` : '';
  return [
    {
      subject,
      problem: `is available on ${available} of ${desired} nodes${where}${absent}`,
      severity: isNodeAgent(set) ? 'critical' : undefined,
      certainty: 'declared',
      evidence: [
        {
          object: subject,
          source: 'status',
          text: `numberAvailable ${available}, desiredNumberScheduled ${desired}, currentNumberScheduled ${current}`,
        },
        ...broken.slice(0, namedNodes).map(
          (pod): Evidence => ({
            object: refOf(pod),
            source: 'status',
            text: `${podStatusText(pod)} on ${pod.spec?.nodeName ?? 'no node'}`,
          }),
        ),
      ],
      fixes: [],
      nextCheck: `kubectl describe daemonset ${subject.name} -n ${subject.namespace}`,
    },
  ];
}

/** Network and storage of a whole node depend on these. */
const isNodeAgent = ({ spec }: Of<'DaemonSet'>): boolean =>
  spec?.template?.spec?.priorityClassName === 'system-node-critical';

/** Wanted by no node because of its labels: on purpose as often as by mistake. */
function unwanted(snapshot: Snapshot, { metadata, kind, spec, status }: Of<'DaemonSet'>): readonly Finding[] {
  const selector = spec?.template?.spec?.nodeSelector ?? {};
  const pairs = Object.entries(selector);
  if (status?.desiredNumberScheduled !== 0 || pairs.length === 0) return [];
  if (snapshot.presence('Node', undefined, '') === 'unknown') return [];
  const nodes = snapshot.all('Node');
  if (nodes.length === 0 || nodes.some((node) => matchesMap(selector, node.metadata.labels))) return [];
  const subject = { kind, namespace: metadata.namespace, name: metadata.name };
  const isAsked = isAskedAbout(snapshot, subject);
  const unmet = pairs.filter(([key, value]) => !nodes.some((node) => node.metadata.labels?.[key] === value));
  const text = (unmet.length > 0 ? unmet : pairs).map(([key, value]) => `${key}=${value}`).join(', ');
  return [
    {
      subject,
      problem: `runs on no node: none of ${nodes.length} has ${text}, which its nodeSelector wants`,
      // Whoever asks about it expects it to run.
      ...(isAsked ? { class: 'cause' } : { class: 'risk', severity: 'low' }),
      certainty: 'recomputed',
      evidence: [{ object: subject, source: 'spec', text: `nodeSelector ${text}` }],
      fixes: [
        {
          advice: 'correct the nodeSelector, or label the nodes that shall have it',
          reason: 'if it is meant to run at all',
        },
      ],
    },
  ];
}
