import type { Action } from '../../engines/healing/action.ts';
import type { Draft } from '../../engines/healing/draft.ts';
import { draftOf } from '../../engines/healing/draft-of.ts';
import { guardReads } from '../../engines/healing/guard-reads.ts';
import type { DryRun, Situation } from '../../engines/healing/guards/guard.ts';
import type { RevisionFacts } from '../../engines/healing/material.ts';
import type { ActionRecord } from '../../engines/healing/record.ts';
import { rollingKinds } from '../../engines/healing/rolling-kinds.ts';
import { touchedReads } from '../../engines/healing/touched-reads.ts';
import { unexpectedFields } from '../../engines/healing/unexpected.ts';
import type { KubernetesObject } from '../../engines/objects.ts';
import { indexSnapshot, type Snapshot } from '../../engines/snapshot.ts';
import type { SnapshotData } from '../../engines/snapshot-data.ts';
import type { StoredAction, Writer } from '../../kubernetes/ports.ts';
import { AppError } from '../../platform/errors.ts';
import { gather, merged } from '../gather.ts';
import type { ToolContext } from '../tool.ts';
import { findingOf } from './finding.ts';
import { historyOf } from './history.ts';
import { impossible } from './impossible.ts';
import { neededPermissions } from './needed-permissions.ts';

/** An action worked out, with everything that its guards look at. */
export interface Considered {
  readonly draft: Draft;
  readonly situation: Situation;
  readonly cluster: string;
}

export interface ConsiderOptions {
  /** When it was planned, when that was before: then the same is worked out again. */
  readonly planned?: ActionRecord | undefined;
  /** The action to undo. */
  readonly earlier?: StoredAction | undefined;
  readonly tier: Situation['tier'];
}

const tries = 3;

/**
 * Reads the target, its namespace and its history afresh, works the action out and tries it without effect. Changes
 * nothing.
 * @throws AppError `not_found` without a target; `refused` for what cannot be done at all.
 */
export async function consider(action: Action, context: ToolContext, options: ConsiderOptions): Promise<Considered> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await consideredOnce(action, context, options);
    } catch (error) {
      // A heartbeat of a node, a container that ends once more: the object moved between the look at it and the dry-run.
      if (!(error instanceof AppError) || error.code !== 'conflict' || attempt >= tries) throw error;
    }
  }
}

async function consideredOnce(
  action: Action,
  context: ToolContext,
  { planned, earlier, tier }: ConsiderOptions,
): Promise<Considered> {
  const { signal } = context;
  const writer = await context.writer();
  const target = await writer.current(action.target, signal);
  const [data, revisions, history] = await Promise.all([
    everything(action, target, context),
    rollingKinds.has(target.kind) ? writer.revisions(action.target, signal) : [],
    historyOf(action, { writer, signal, except: planned?.id }),
  ]);
  const [{ diagnose }, snapshot] = [await import('../../engines/index.ts'), indexSnapshot(data)];
  const explanation = diagnose(data);
  const draft = drafted(action, { snapshot, target, revisions, earlier, at: planned?.createdAt ?? data.takenAt });
  const { policy, ownNamespace } = context.healing();
  const situation: Situation = {
    snapshot,
    target,
    explanation,
    finding: findingOf(action, explanation),
    plannedFor: planned?.finding,
    history,
    policy,
    tier,
    healing: true,
    lacking: await lackingPermissions(draft, context),
    dryRun: await tried(draft, target, { writer, signal }),
    ownNamespace,
  };
  return { draft, situation, cluster: data.cluster };
}

/** What a diagnosis of the target reads, what it touches, and what the guards look at. */
async function everything(action: Action, target: KubernetesObject, context: ToolContext): Promise<SnapshotData> {
  const [reader, data] = [await context.reader(), await surroundings(target, context)];
  const { signal, enough } = context;
  const next = (soFar: SnapshotData) => guardReads(action, indexSnapshot(merged(data, soFar)));
  return merged(data, await gather(reader, next, { signal, enough, fresh: true }));
}

/** What a diagnosis of the target reads, and every pod that it touches. */
export async function surroundings(target: KubernetesObject, context: ToolContext): Promise<SnapshotData> {
  const reader = await context.reader();
  const { namespace, name } = target.metadata;
  const { signal, enough } = context;
  const reads = touchedReads(target);
  const object = namespace === undefined ? { kind: target.kind, name } : { kind: target.kind, namespace, name };
  const [data, extra] = await Promise.all([
    reader.collect({ ...(namespace !== undefined && { namespace }), object }, signal, { enough, fresh: true }),
    reads.length === 0 ? undefined : reader.read(reads, signal, { enough, fresh: true }),
  ]);
  return extra === undefined ? data : merged(data, extra);
}

interface DraftMaterial {
  readonly snapshot: Snapshot;
  readonly target: KubernetesObject;
  readonly revisions: readonly RevisionFacts[];
  readonly earlier: StoredAction | undefined;
  readonly at: string;
}

function drafted(action: Action, { earlier, ...material }: DraftMaterial): Draft {
  const draft = draftOf(action, { ...material, earlier: earlier?.record });
  if (!('impossible' in draft)) return draft;
  throw impossible(draft, action.target);
}

async function lackingPermissions(draft: Draft, context: ToolContext): Promise<readonly string[]> {
  const reader = await context.reader();
  const needed = neededPermissions(draft.operations);
  const answers = (await reader.can?.(needed, draft.target.object.namespace, context.signal)) ?? [];
  return answers.filter(({ allowed }) => !allowed).map(({ permission }) => permission);
}

/** The first write with `dryRun=All`, and a Pod with the new template: quota and admission speak of pods, not of workloads. */
async function tried(draft: Draft, target: KubernetesObject, { writer, signal }: Trying): Promise<DryRun> {
  const [write, pod] = await Promise.all([triedWrite(draft, { writer, signal }), triedPod(draft, { writer, signal })]);
  return { write, ...pod, unexpected: unexpectedFields(draft, target, write.after) };
}

/** Whoever may change a workload need not be allowed to make pods; then a person has to be asked (G8). */
async function triedPod(
  { template, target }: Draft,
  { writer, signal }: Trying,
): Promise<Pick<DryRun, 'pod' | 'untried'>> {
  if (template === undefined) return {};
  try {
    return { pod: await writer.tryPod(template, target.object.namespace ?? '', signal) };
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'permission_denied') throw error;
    return { untried: 'create pods' };
  }
}

interface Trying {
  readonly writer: Writer;
  readonly signal: AbortSignal;
}

/** Of several writes only the first can be tried: the others depend on it. */
async function triedWrite({ operations }: Draft, { writer, signal }: Trying) {
  const [first] = operations;
  if (first === undefined) return { ok: true };
  try {
    const after = await writer.apply(first, { dryRun: true, actionId: 'dry-run' }, signal);
    return { ok: true, after };
  } catch (error) {
    signal.throwIfAborted();
    // What the server has against the write is the guards' to weigh.
    if (!(error instanceof AppError) || !weighed.has(error.code) || isBusy(error)) throw error;
    return { ok: false, message: error.message };
  }
}

const weighed: ReadonlySet<string> = new Set(['api_error', 'refused', 'permission_denied', 'validation_error']);

/** Too busy to try it: that says nothing of the write. */
const isBusy = ({ code, details }: AppError): boolean => code === 'api_error' && details['status'] === 429;
