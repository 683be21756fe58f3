import { keyOf, nameOf } from '../../objects.ts';
import { concerned, hasFailed, hasSucceeded, pastActions } from '../past-actions.ts';
import { affectedWorkload } from '../subject.ts';
import type { Guard } from './guard.ts';
import { allow, approve, refuse } from './verdicts.ts';

/** G26: what did not help once is left to people. */
export const knownFailure: Guard = {
  id: 'G26',
  title: 'does not repeat what did not help',

  check({ action }, situation) {
    const { finding, snapshot, tier } = situation;
    if (finding === undefined || action.name === 'undo_action') return undefined;
    const workload = affectedWorkload(situation);
    const last = pastActions(situation).find(
      (record) =>
        record.action.name === action.name &&
        record.finding?.rule === finding.rule &&
        (concerned(record, workload, snapshot) || keyOf(record.finding.object) === keyOf(finding.object)) &&
        (hasFailed(record) || hasSucceeded(record)),
    );
    if (last === undefined || !hasFailed(last))
      return allow(`${action.name} has not failed for ${finding.rule} on ${nameOf(workload)}.`);
    const how = last.state === 'failed' ? 'failed' : `was ${last.state}`;
    const reason = `${action.name} for ${finding.rule} on ${nameOf(workload)} ${how} before (action ${last.id}).`;
    return tier === 'unattended' ? refuse(reason, 'escalate to a person') : approve(reason);
  },
};
