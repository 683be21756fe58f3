import { redactText } from './redact.ts';
import { plainText } from './untrusted.ts';

/** Text that may leave: plain first, so that nothing invisible hides a secret from the patterns. */
export const safeText = (text: string): string => redactText(plainText(text));

/** Characters that are looked at to show some of them. */
const looked = 16_384;

/** The beginning of what somebody wrote, safe before it is cut: half of a secret looks like none. */
export const shortened = (text: string, most: number): string => safeText(text.slice(0, looked)).slice(0, most);

/** The same in quotes, to be told what was wrong in a sentence of ours. */
export const quoted = (text: string, most = 64): string => JSON.stringify(shortened(text, most));
