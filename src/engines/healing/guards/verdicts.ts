import type { Verdict } from './guard.ts';

/** Nothing stands against it; the reason says what was seen. */
export const allow = (reason: string): Verdict => ({ decision: 'allow', reason });

/** A person has to be asked, whatever the policy says. */
export const approve = (reason: string): Verdict => ({ decision: 'approve', reason });

/** It must not happen; `instead` is what would be possible. */
export const refuse = (reason: string, instead: string): Verdict => ({ decision: 'refuse', reason, instead });

/** Words of others as a part of a sentence: one line, without a full stop. */
export const clause = (text: string): string => text.replace(/\s+/g, ' ').trim().replace(/\.+$/, '');
