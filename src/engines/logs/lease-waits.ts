import type { LogExcerpt } from '../snapshot-data.ts';

/** A Lease that a program has to hold before it does anything, and does not hold yet. */
export interface LeaseWait {
  readonly namespace: string;
  readonly name: string;
  /** The line that says so. */
  readonly text: string;
}

const attempt =
  /\battempting to acquire leader lease:? "?(?<namespace>[a-z0-9][a-z0-9.-]*)\/(?<name>[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)/i;
const success = /\bsuccessfully acquired lease\b/i;

/** What client-go says of a leader election that is not decided, or that another one won. */
export function leaseWaitIn({ lines }: LogExcerpt): LeaseWait | undefined {
  const last = lines.findLast(({ text }) => attempt.test(text) || success.test(text));
  const { namespace, name } = attempt.exec(last?.text ?? '')?.groups ?? {};
  return last === undefined || namespace === undefined || name === undefined
    ? undefined
    : { namespace, name, text: last.text };
}
