import { isStillOurs } from '../../engines/healing/drafts/undo.ts';
import type { ActionRecord } from '../../engines/healing/record.ts';
import { type Progress, progressOf, targetMissing } from '../../engines/healing/verify.ts';
import { leavesName, wasWritten, wayBackOf } from '../../engines/healing/was-written.ts';
import { type KubernetesObject, nameOf, type ObjectRef } from '../../engines/objects.ts';
import { indexSnapshot } from '../../engines/snapshot.ts';
import type { SnapshotData } from '../../engines/snapshot-data.ts';
import type { StoredAction, Writer } from '../../kubernetes/ports.ts';
import { AppError } from '../../platform/errors.ts';
import type { ToolContext } from '../tool.ts';
import type { ClusterClock } from './cluster-clock.ts';
import { surroundings } from './consider.ts';
import { goBack } from './go-back.ts';
import type { Hold } from './hold.ts';
import { markUndone } from './mark-undone.ts';
import type { Step } from './records.ts';

/** Between two looks at a workload, in ms: verified is said within 5 s of the cluster's own readiness. */
const lookEveryMs = 2_000;

export interface Settling {
  readonly context: ToolContext;
  readonly clock: ClusterClock;
  /** Ends the watching, not the action: the record then waits for whoever resumes it. */
  readonly signal: AbortSignal;
}

/**
 * Watches an applied action until it is verified healthy; not so by its deadline, goes back by the stored inverse, as
 * long as the object is as the action left it (G32, G33).
 */
export const settle = (hold: Hold, settling: Settling): Promise<StoredAction> =>
  untilOver(hold, settling, (look, watching) => stepAfter(hold.stored, look, watching));

/** Ends an action of which a part was written and the rest cannot be: as one that does not become healthy. */
export const withdraw = (hold: Hold, why: string, settling: Settling): Promise<StoredAction> =>
  untilOver(hold, settling, async (_, watching) => {
    const { record } = hold.stored;
    const target = await watching.writer.current(record.target.object, watching.signal).catch(unlessGone);
    return unhealthy(hold.stored, why, { ...watching, target });
  });

/** Looks again and again; an API server that does not answer is asked again. */
async function untilOver(
  hold: Hold,
  settling: Settling,
  stepAt: (look: number, watching: Watching) => Promise<LastStep | undefined>,
): Promise<StoredAction> {
  const { context, signal } = settling;
  const writer = await context.writer();
  const { clock } = context.healing();
  for (let look = 1; ; look++) {
    const step = await stepAt(look, { ...settling, writer }).catch(unlessPassing(context));
    if (step !== undefined) return ended(hold, step, settling);
    await hold.renew(signal);
    await clock.pause(lookEveryMs, signal);
  }
}

const passing: ReadonlySet<string> = new Set(['timeout', 'unavailable', 'api_error']);

const unlessPassing =
  ({ log }: ToolContext) =>
  (error: unknown): undefined => {
    if (!(error instanceof AppError) || !passing.has(error.code)) throw error;
    log.warn({ err: error }, 'an action could not be watched for a moment');
  };

type Watching = Settling & { readonly writer: Writer };
type LastStep = Pick<Step, 'state' | 'text'>;

/** One look: how it ends, or nothing as long as it goes on. */
async function stepAfter(stored: StoredAction, look: number, watching: Watching): Promise<LastStep | undefined> {
  const { record } = stored;
  const target = await watching.writer.current(record.target.object, watching.signal).catch(unlessGone);
  // By a process that ended before it could say so.
  if (record.inverse.some(leavesName) && isBack(record, target)) {
    return { state: 'reverted', text: 'not healthy by its deadline; went back to what was before' };
  }
  const progress = await progressSeen(stored, target, watching);
  watching.context.progress(look, undefined, progress.text);
  if (progress.state === 'healthy') return { state: 'healthy', text: `verified: ${progress.text}` };
  if (progress.state !== 'failed') return undefined;
  return unhealthy(stored, `not healthy by its deadline (${progress.text})`, { ...watching, target });
}

/** Whether the way back was written already. */
const isBack = ({ id, inverse }: ActionRecord, target: KubernetesObject | undefined): boolean =>
  inverse.some((operation) => wasWritten(operation, wayBackOf(id), target));

/** The diagnosis is asked for only once the target itself says that it is ready, or its time is over. */
async function progressSeen(
  { record }: StoredAction,
  target: KubernetesObject | undefined,
  { writer, context, signal }: Watching,
): Promise<Progress> {
  const { watches } = record.verification;
  const watched = watches === undefined ? target : await writer.current(watches, signal).catch(unlessGone);
  const reader = await context.reader();
  const data =
    watched === undefined || targetMissing(record, target) !== undefined
      ? await reader.read([readOf(record.target.object)], signal, { fresh: true })
      : await surroundings(watched, { ...context, signal, enough: signal });
  const { diagnose } = await import('../../engines/index.ts');
  return progressOf(record, { snapshot: indexSnapshot(data), target, watched, explanation: diagnose(data) });
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

/** Goes back, or says why that is not safe. */
async function unhealthy(
  { record }: StoredAction,
  why: string,
  { target, ...watching }: Watching & { readonly target: KubernetesObject | undefined },
): Promise<LastStep | undefined> {
  const back = { state: 'reverted', text: `${why}; went back to what was before` } as const;
  if (record.inverse.length === 0) return { state: 'failed', text: `${why}; there is no way back` };
  if (record.action.name === 'undo_action') return { state: 'failed', text: `${why}; an undo is not undone by itself` };
  if (target === undefined || !isStillOurs(record, target)) {
    if (isBack(record, target)) return back;
    return { state: 'failed', text: `${why}; not gone back: ${nameOf(record.target.object)} was changed since` };
  }
  const { writer, context, signal } = watching;
  const way = await goBack(record, target, { writer, healing: context.healing(), signal });
  if (way === 'again') return undefined;
  return way === 'gone' ? back : { state: 'failed', text: `${why}; going back failed: ${way.failure}` };
}

async function ended(hold: Hold, step: LastStep, { context, signal, clock }: Settling): Promise<StoredAction> {
  const [writer, healing] = [await context.writer(), context.healing()];
  const last = await hold.advance({ ...step, by: healing.caller }, signal);
  if (step.state === 'healthy') await markUndone(last, { writer, healing, clock, signal }, context);
  return last;
}
