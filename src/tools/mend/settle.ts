import { setTimeout as pause } from 'node:timers/promises';
import { preconditionOf } from '../../engines/healing/action.ts';
import { isStillOurs, rebound } from '../../engines/healing/drafts/undo.ts';
import { type Progress, progressOf, targetMissing } from '../../engines/healing/verify.ts';
import { type KubernetesObject, nameOf, type ObjectRef } from '../../engines/objects.ts';
import { indexSnapshot } from '../../engines/snapshot.ts';
import type { SnapshotData } from '../../engines/snapshot-data.ts';
import type { StoredAction, Writer } from '../../kubernetes/ports.ts';
import { AppError } from '../../platform/errors.ts';
import type { ToolContext } from '../tool.ts';
import { surroundings } from './consider.ts';
import { advance, holding, type Step } from './records.ts';

/** Between two looks at a workload, in ms: verified is said within 5 s of the cluster's own readiness. */
const lookEveryMs = 2_000;
/** How often whoever works on an action says so in its record, in ms. */
const renewEveryMs = 20_000;

export interface Settling {
  readonly context: ToolContext;
  /** Ends the watching, not the action: the record then waits for whoever resumes it. */
  readonly signal: AbortSignal;
  /** Told each new state of the record. */
  readonly kept: (stored: StoredAction) => void;
}

/**
 * Watches an applied action until it is verified healthy; not so by its deadline, goes back by the stored inverse, as
 * long as the object is as the action left it (G32, G33).
 */
export async function settle(stored: StoredAction, settling: Settling): Promise<StoredAction> {
  const { context, signal, kept } = settling;
  const writer = await context.writer();
  let current = stored;
  let renewedAt = performance.now();
  for (let look = 1; ; look++) {
    const seen = await looked(current, writer, settling);
    context.progress(look, undefined, seen.progress.text);
    if (seen.progress.state === 'healthy' || seen.progress.state === 'failed') {
      current = await ended(current, seen, settling);
      kept(current);
      return current;
    }
    if (performance.now() - renewedAt > renewEveryMs) {
      current = await writer.actions.replace(current, current.record, signal, holding(context.healing()));
      kept(current);
      renewedAt = performance.now();
    }
    await pause(lookEveryMs, undefined, { signal });
  }
}

interface Seen {
  readonly progress: Progress;
  readonly target: KubernetesObject | undefined;
  /** ISO 8601, by the cluster's clock where it was asked. */
  readonly at: string;
}

/** The diagnosis is asked for only once the target itself says that it is ready, or its time is over. */
async function looked({ record }: StoredAction, writer: Writer, { context, signal }: Settling): Promise<Seen> {
  const { watches } = record.verification;
  const target = await writer.current(record.target.object, signal).catch(unlessGone);
  const watched = watches === undefined ? target : await writer.current(watches, signal).catch(unlessGone);
  const reader = await context.reader();
  const data =
    watched === undefined || targetMissing(record, target) !== undefined
      ? await reader.read([readOf(record.target.object)], signal, { fresh: true })
      : await surroundings(watched, { ...context, signal, enough: signal });
  const { diagnose } = await import('../../engines/index.ts');
  const aftermath = { snapshot: indexSnapshot(data), target, watched, explanation: diagnose(data) };
  return { progress: progressOf(record, aftermath), target, at: data.takenAt };
}

const readOf = ({ kind, namespace, name }: ObjectRef): SnapshotData['reads'][number]['read'] => ({
  verb: 'get',
  kind,
  namespace,
  name,
});

const unlessGone = (error: unknown): undefined => {
  if (error instanceof AppError && error.code === 'not_found') return undefined;
  throw error;
};

/** The last step: verified, gone back, or left as it is because going back is not safe. */
async function ended(stored: StoredAction, { progress, target, at }: Seen, settling: Settling): Promise<StoredAction> {
  const { context, signal } = settling;
  const keeping = { writer: await context.writer(), healing: context.healing(), signal, at };
  const step =
    progress.state === 'healthy'
      ? { state: 'healthy' as const, text: `verified: ${progress.text}` }
      : await wentBack(stored, { progress, target, at }, settling);
  return advance(stored, { ...step, by: context.healing().caller }, keeping);
}

async function wentBack(
  { record }: StoredAction,
  { progress, target }: Seen,
  { context, signal }: Settling,
): Promise<Omit<Step, 'by'>> {
  const why = `not healthy by its deadline (${progress.text})`;
  if (record.inverse.length === 0) return { state: 'failed', text: `${why}; there is no way back` };
  if (record.action.name === 'undo_action') return { state: 'failed', text: `${why}; an undo is not undone by itself` };
  if (target === undefined || !isStillOurs(record, target)) {
    return { state: 'failed', text: `${why}; not gone back: ${nameOf(record.target.object)} was changed since` };
  }
  const writer = await context.writer();
  try {
    let live = target;
    for (const operation of record.inverse) {
      const options = { dryRun: false, actionId: record.id };
      live = (await writer.apply(rebound(operation, preconditionOf(live)), options, signal)) ?? live;
    }
    return { state: 'reverted', text: `${why}; went back to what was before` };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { state: 'failed', text: `${why}; going back failed: ${error.message}` };
  }
}
