import { day, formatDuration, hour, minute } from '../../durations.ts';
import { nameOf } from '../../objects.ts';
import { concerned, hasFailed, hasSucceeded, pastActions, sinceBegin, sinceEnd } from '../past-actions.ts';
import { affectedWorkload, counted } from '../subject.ts';
import type { Guard } from './guard.ts';
import { allow, refuse } from './verdicts.ts';

/** G25: no loops. */
export const coolDown: Guard = {
  id: 'G25',
  title: 'lets a workload rest after an action',

  check({ action }, situation) {
    // The way back is the end of an action, not another one.
    if (action.name === 'undo_action') return undefined;
    const { policy, snapshot } = situation;
    const { now } = snapshot;
    const workload = affectedWorkload(situation);
    const name = nameOf(workload);
    const past = pastActions(situation).filter((record) => concerned(record, workload, snapshot));
    const rests = [
      { after: past.find(hasFailed), rest: policy.cooldown.after_failure_minutes * minute, how: 'failed' },
      { after: past.find(hasSucceeded), rest: policy.cooldown.after_success_minutes * minute, how: 'succeeded' },
    ];
    for (const { after, rest, how } of rests) {
      if (after === undefined || sinceEnd(after, now) >= rest) continue;
      const ago = formatDuration(sinceEnd(after, now));
      return refuse(
        `${after.action.name} on ${name} ${how} ${ago} ago, and it rests for ${formatDuration(rest)}.`,
        `wait ${formatDuration(rest - sinceEnd(after, now))}, or undo that action`,
      );
    }
    const caps = [
      { key: 'per_workload_hour', within: hour },
      { key: 'per_workload_day', within: day },
    ] as const;
    for (const { key, within } of caps) {
      const count = past.filter((record) => sinceBegin(record, now) < within).length;
      if (count < policy.caps[key]) continue;
      return refuse(
        `${counted(count, 'action')} on ${name} in the last ${within === hour ? 'hour' : '24 h'} reach caps.${key}, which is ${policy.caps[key]}.`,
        'ask a person: what was done so far did not last',
      );
    }
    return allow(`${name} has rested long enough.`);
  },
};
