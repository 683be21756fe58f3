import type { HealingPolicy } from '../../../platform/healing-policy.ts';
import { isOpen, nextOpening } from '../maintenance-window.ts';
import type { Guard } from './guard.ts';
import { allow, approve, refuse } from './verdicts.ts';

type Window = HealingPolicy['windows'][number];

const namedWindows = 3;

/** G30: people decide when. */
export const humanControl: Guard = {
  id: 'G30',
  title: 'acts only when people let it: no pause, and within a window',

  check({ action }, { policy: { paused, windows }, snapshot: { now } }) {
    if (paused) return refuse('The policy pauses all healing.', 'set paused to false in the policy file');
    if (windows.length === 0) return allow('The policy neither pauses healing nor names windows.');
    const open = windows.find((window) => isOpen(window, now));
    if (open !== undefined) return allow(`It is ${windowText(open)}, when the policy lets healing act.`);
    const told = windows.slice(0, namedWindows).map(windowText).join('; ');
    const reason = `The time is outside of the windows of the policy: ${told}.`;
    const next = nextOpening(windows, now);
    // What was done outside of a window may have to be taken back there.
    return action.name === 'undo_action'
      ? approve(reason)
      : refuse(reason, `${next === undefined ? '' : `wait until ${next}, or `}do it by hand`);
  },
};

const windowText = ({ days, from, to, time_zone }: Window): string =>
  `${days.length === 7 ? 'daily' : days.join(', ')} ${from}–${to} ${time_zone}`;
