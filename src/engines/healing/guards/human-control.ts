import type { HealingPolicy } from '../../../platform/healing-policy.ts';
import type { Guard } from './guard.ts';
import { allow, approve, refuse } from './verdicts.ts';

type Window = HealingPolicy['windows'][number];

const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;

/** G30: people decide when. */
export const humanControl: Guard = {
  id: 'G30',
  title: 'acts only when people let it: no pause, and within a window',

  check({ action }, { policy, snapshot }) {
    if (policy.paused) return refuse('The policy pauses all healing.', 'set paused to false in the policy file');
    const { windows } = policy;
    if (windows.length === 0) return allow('The policy neither pauses healing nor names windows.');
    const unknown = windows.find(({ time_zone }) => localTime(snapshot.now, time_zone) === undefined);
    const open = windows.find((window) => isOpen(window, snapshot.now));
    if (open !== undefined) return allow(`It is ${windowText(open)}, when the policy lets healing act.`);
    const told = windows.slice(0, 3).map(windowText).join('; ');
    const reason = `The time is outside of the windows of the policy: ${told}.`;
    if (unknown !== undefined)
      return refuse(
        `No clock knows the time zone ${unknown.time_zone} of a window of the policy.`,
        'correct time_zone',
      );
    // What was done outside of a window may have to be taken back there.
    return action.name === 'undo_action'
      ? approve(reason)
      : refuse(reason, 'wait for the next window, or do it by hand');
  },
};

const windowText = ({ days: names, from, to, time_zone }: Window): string =>
  `${names.length === days.length ? 'daily' : names.join(', ')} ${from}–${to} ${time_zone}`;

function isOpen({ days: names, from, to, time_zone }: Window, now: number): boolean {
  const local = localTime(now, time_zone);
  if (local === undefined) return false;
  const { day, time } = local;
  const on = (index: number): boolean => names.some((name) => name === days[(index + days.length) % days.length]);
  if (from === to) return on(day);
  if (from < to) return on(day) && time >= from && time < to;
  // Past midnight it is the window of the day before.
  return (on(day) && time >= from) || (on(day - 1) && time < to);
}

/** Day of the week (0 is Sunday) and `HH:MM` in a time zone; `undefined` for one that does not exist. */
function localTime(now: number, timeZone: string): { readonly day: number; readonly time: string } | undefined {
  if (timeZone === 'UTC') {
    const date = new Date(now);
    return { day: date.getUTCDay(), time: date.toISOString().slice(11, 16) };
  }
  try {
    const format = { timeZone, weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
    const parts = new Intl.DateTimeFormat('en-US', format).formatToParts(now);
    const part = (type: string): string => parts.find((each) => each.type === type)?.value ?? '';
    return { day: days.findIndex((name) => name === part('weekday')), time: `${part('hour')}:${part('minute')}` };
  } catch {
    // RangeError is how an unknown zone is told; the caller says so.
    return undefined;
  }
}
