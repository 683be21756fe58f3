import { redactText } from './redact.ts';
import { plainText } from './untrusted.ts';

/** Text that may leave: plain first, so that nothing invisible hides a secret from the patterns. */
export const safeText = (text: string): string => redactText(plainText(text));
