import { hour, minute, timeOf } from '../../../durations.ts';
import { nodeEvents } from '../../../node-pressure.ts';
import { type Node, type Pod, refOf } from '../../../objects.ts';
import { podsOn } from '../../../pod-groups.ts';
import { containersOf, isReady, isTerminating, lastTermination } from '../../../pods.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { defineRule, type Finding } from '../../rule.ts';

const news = hour;
/** The kubelet says so when it is up again: containers died before that. */
const around = 10 * minute;

export const nodeRebooted = defineRule({
  id: 'node-rebooted',
  title: 'A node was rebooted',
  area: 'node',
  class: 'cause',
  severity: 'medium',
  meaning: 'All containers of the node were killed and started again at one time: that is no fault of theirs.',
  detection:
    'An event Rebooted of the last hour about the node. Pods on it that are not ready, and whose containers ended ' +
    'within 10 minutes of the reboot, are explained by it; without any it is a risk.',
  remedies: ['Find out why it was rebooted: an upgrade, a kernel panic, the cloud.'],
  avoid: ['looking for the fault in each pod that restarted then'],

  check: (snapshot) => snapshot.all('Node').flatMap((node) => findingOf(snapshot, node)),
});

function findingOf(snapshot: Snapshot, node: Node): readonly Finding[] {
  const event = nodeEvents(snapshot, node, /^Rebooted$/).findLast(({ last }) => snapshot.now - (last ?? 0) <= news);
  if (event?.last === undefined) return [];
  const { last } = event;
  const subject = refOf(node);
  const { name } = node.metadata;
  const restarted = podsOn(snapshot, name).filter((pod) => endedNear(pod, last));
  const broken = restarted.filter((pod) => !isReady(pod) && !isTerminating(pod));
  return [
    {
      subject,
      problem: `was rebooted${restarted.length === 0 ? '' : `, and all its containers were restarted`}`,
      ...(broken.length === 0 ? { class: 'risk' as const } : {}),
      certainty: 'declared',
      evidence: [
        { object: subject, source: 'event', text: event.text, at: event.at },
        ...(restarted.length === 0
          ? []
          : [
              {
                object: subject,
                source: 'recomputed' as const,
                text: `${restarted.length} pods on it that were read had containers end then`,
              },
            ]),
      ],
      since: new Date(last - around).toISOString(),
      fixes: [
        {
          advice: `find out why ${name} was rebooted: last -x, the journal of the boot before (journalctl -b -1)`,
          reason: 'its pods were only taken along',
        },
      ],
    },
  ];
}

const endedNear = (pod: Pod, reboot: number): boolean =>
  containersOf(pod).some(({ status }) => {
    const ended = timeOf(lastTermination(status)?.finishedAt);
    return ended !== undefined && Math.abs(ended - reboot) <= around;
  });
