import { formatDuration, second } from '../../engines/durations.ts';
import { nameOf, type ObjectRef } from '../../engines/objects.ts';
import type { ActionReport } from './report.ts';

const verbs: Readonly<Record<string, string>> = {
  restart_workload: 'Restart',
  scale_workload: 'Scale',
  rollback_workload: 'Roll back',
  resize_workload: 'Resize',
  set_image: 'Set the image of',
  evict_pod: 'Evict',
  cordon_node: 'Cordon or uncordon',
  drain_node: 'Drain',
  undo_action: 'Undo an action on',
};

/** The plan, or what became of it, as text: the same for models and people. */
export function reportLines(report: ActionReport): readonly string[] {
  const place = report.object.namespace === undefined ? '' : ` in ${report.object.namespace}`;
  return [
    `${verbs[report.action] ?? report.action} ${nameOf(report.object)}${place}  (${report.state})`,
    ...(report.finding === undefined
      ? []
      : [line('mends', `${report.finding.summary} (confidence ${report.finding.confidence})`)]),
    ...changeLines(report),
    line('touches', radiusText(report)),
    ...report.guards
      .filter(({ decision }) => decision !== 'allow')
      .map(({ guard, decision, reason }) => line(decision === 'refuse' ? 'refused' : 'mind', `${guard}: ${reason}`)),
    ...report.evidence.map(({ object, status, container, lines }) =>
      line(
        'kept',
        `${nameOf(object)} ${status}${container === undefined ? '' : `, the end of the log of ${container}: ${lines.at(-1)}`}`,
      ),
    ),
    line('way back', report.way_back),
    line('success', `${report.success_is}, within ${formatDuration(report.deadline_seconds * second)}`),
    line('id', `${report.action_id}${report.state === 'planned' ? `, until ${report.expires_at}` : ''}`),
    ...(report.state === 'planned'
      ? []
      : report.steps.map(({ at, state, by, text }) => line(at.slice(11, 19), `${state}: ${text} (${by})`))),
  ];
}

const width = 9;
const line = (name: string, text: string): string => `  ${name.padEnd(width)} ${text}`;
const shownChanges = 20;

function changeLines({ changes, object }: ActionReport): readonly string[] {
  const lines = changes.slice(0, shownChanges).map(({ object: on, field, before, after }) => {
    const where = isSame(on, object) ? '' : `${nameOf(on)} `;
    return line('changes', `${where}${field}: ${before ?? '(none)'} → ${after ?? '(none)'}`);
  });
  const more = changes.length - shownChanges;
  return more > 0 ? [...lines, line('changes', `… ${more} more`)] : lines;
}

const isSame = (a: ObjectRef, b: ObjectRef): boolean => a.kind === b.kind && a.name === b.name;

function radiusText({ blast_radius: { pods, ready, services, routes, budgets } }: ActionReport): string {
  const behind = [...services, ...routes].join(', ');
  return [
    `${pods} pod${pods === 1 ? '' : 's'}, ${ready} ready`,
    behind === '' ? 'no Service' : behind,
    ...(budgets.length === 0 ? [] : [`budgets: ${budgets.join(', ')}`]),
  ].join('; ');
}
