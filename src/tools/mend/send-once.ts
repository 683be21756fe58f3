import type { Operation } from '../../engines/healing/action.ts';
import { wasWritten } from '../../engines/healing/was-written.ts';
import type { KubernetesObject } from '../../engines/objects.ts';
import type { Writer } from '../../kubernetes/ports.ts';
import { AppError } from '../../platform/errors.ts';
import { auditedName, type Healing } from './healing.ts';

export interface Sending {
  readonly writer: Writer;
  readonly healing: Pick<Healing, 'clock' | 'audit'>;
  readonly signal: AbortSignal;
}

/** How often an object is looked at for a write whose answer was lost, and how long between, in ms: it may still be on its way. */
const looks = 3;
const lookEveryMs = 2_000;

/**
 * One write, sent once and told to the audit; when its answer was lost, the object is asked whether it happened.
 * @param signedAs What the write leaves in the object's annotation.
 * @throws AppError of the write; with `details.effect` `unknown` when the object could not be asked.
 */
export async function sendOnce(
  operation: Operation,
  signedAs: string,
  sending: Sending,
): Promise<KubernetesObject | undefined> {
  const left = await writtenOnce(operation, signedAs, sending);
  const { verb, on } = operation;
  sending.healing.audit({
    actionId: signedAs,
    object: auditedName(on.object),
    outcome: 'written',
    verb,
    resourceVersion: { before: on.resourceVersion, after: left?.metadata.resourceVersion },
  });
  return left;
}

async function writtenOnce(
  operation: Operation,
  signedAs: string,
  { writer, healing, signal }: Sending,
): Promise<KubernetesObject | undefined> {
  try {
    return await writer.apply(operation, { dryRun: false, actionId: signedAs }, signal);
  } catch (error) {
    if (!(error instanceof AppError) || !isLost(error)) throw error;
    for (let look = 1; look <= looks; look++) {
      await healing.clock.pause(lookEveryMs, signal);
      const seen = await seenBy(writer, operation, signal);
      if (seen === 'unread') continue;
      if (wasWritten(operation, signedAs, seen)) return operation.verb === 'evict' ? undefined : seen;
      if (look === looks) throw known(error);
    }
    throw open(error);
  }
}

/** Whether the write may have happened all the same (see `Writer`). */
const isLost = ({ code, details }: AppError): boolean =>
  (code === 'timeout' || code === 'unavailable') && details['effect'] !== 'none';

async function seenBy(
  writer: Writer,
  { on }: Operation,
  signal: AbortSignal,
): Promise<KubernetesObject | undefined | 'unread'> {
  try {
    return await writer.current(on.object, signal);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return error.code === 'not_found' ? undefined : 'unread';
  }
}

const open = (error: AppError): AppError =>
  new AppError(error.code, error.message, {
    hint: 'list_actions finds out whether it was, and goes on from there.',
    details: { ...error.details, effect: 'unknown' },
    cause: error,
  });

const known = (error: AppError): AppError =>
  new AppError(error.code, `${error.message} It was not: the object is as it was.`, {
    hint: 'Plan it again.',
    details: { ...error.details, effect: 'none' },
    cause: error,
  });
