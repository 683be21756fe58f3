import { shortened } from '../platform/safe-text.ts';

/**
 * What the SDK complains about, for the log: its validation errors are pages of JSON, and may quote what came in.
 */
export const protocolProblem = ({ message, name }: Error): string =>
  name === 'SyntaxError' || /^\s*\[/.test(message) ? 'not a JSON-RPC message' : shortened(message, 200);
