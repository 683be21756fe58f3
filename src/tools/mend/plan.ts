import type { Action } from '../../engines/healing/action.ts';
import { touchedPods } from '../../engines/healing/blast-radius.ts';
import { evidenceOf } from '../../engines/healing/evidence.ts';
import type { Situation } from '../../engines/healing/guards/guard.ts';
import type { ActionRecord } from '../../engines/healing/record.ts';
import { nameOf } from '../../engines/objects.ts';
import type { Writer } from '../../kubernetes/ports.ts';
import { AppError } from '../../platform/errors.ts';
import { newHandle } from '../../platform/handle.ts';
import type { ToolContext } from '../tool.ts';
import { approvedDigest } from './approved-digest.ts';
import { type Considered, consider } from './consider.ts';
import { earlierOf } from './earlier.ts';
import { judged } from './judged.ts';
import { say } from './records.ts';

/** How long a plan may be approved, in ms (G3). */
const validMs = 600_000;

/** Plans and stores; whatever a guard refuses is not stored. */
export async function plan(
  action: Action,
  context: ToolContext,
  tier: Situation['tier'] = 'approve',
): Promise<ActionRecord> {
  context.progress(0, undefined, `planning ${action.name} of ${nameOf(action.target)}`);
  const earlier = await earlierOf(action, context);
  const considered = await consider(action, context, { earlier, tier });
  const writer = await context.writer();
  const verdicts = await judgedAloud(considered, writer, context);
  const record = recordOf(considered, verdicts, context);
  await writer.actions.create(record, context.signal);
  await say(record, 'planned; nothing has changed yet', { writer, healing: context.healing(), signal: context.signal });
  return record;
}

/** A refusal is told where the object is looked at, too (G35). */
async function judgedAloud(
  considered: Considered,
  writer: Writer,
  context: ToolContext,
): Promise<ActionRecord['verdicts']> {
  try {
    return judged(considered, context.healing());
  } catch (error) {
    // Whoever acts alone asks again and again: the audit is enough then.
    if (error instanceof AppError && considered.situation.tier === 'approve') {
      const event = { type: 'Warning', reason: 'MendRefused', message: error.message } as const;
      await writer.announce(considered.draft.target, event, context.signal);
    }
    throw error;
  }
}

function recordOf(
  { draft, situation, cluster }: Considered,
  verdicts: ActionRecord['verdicts'],
  context: ToolContext,
): ActionRecord {
  const { caller } = context.healing();
  const { snapshot, finding, explanation } = situation;
  const createdAt = new Date(snapshot.now).toISOString();
  const { template: _raw, ...kept } = draft;
  return {
    ...kept,
    id: newHandle(),
    cluster,
    caller,
    verdicts,
    ...(finding !== undefined && { finding }),
    digest: approvedDigest(cluster, draft),
    evidence: evidenceOf(snapshot, touchedPods(snapshot, draft.target.object)),
    causesBefore: explanation.causes.map(({ id }) => id),
    state: 'planned',
    steps: [{ at: createdAt, state: 'planned', by: caller, text: 'planned; nothing has changed yet' }],
    createdAt,
    expiresAt: new Date(snapshot.now + validMs).toISOString(),
  };
}
