import { type Action, preconditionOf } from '../../engines/healing/action.ts';
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
import { auditedName } from './healing.ts';
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
  const writer = await context.writer();
  const considered = await consider(action, context, { earlier, tier }).catch(async (error: unknown) => {
    await tellRefusal(error, { action, tier, writer, context });
    throw error;
  });
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
      await writer.announce(considered.draft.target, refused(error), context.signal);
    }
    throw error;
  }
}

interface Telling {
  readonly action: Action;
  readonly tier: Situation['tier'];
  readonly writer: Writer;
  readonly context: ToolContext;
}

/** What cannot be done at all is refused before any guard looks at it, and told all the same (G35). */
async function tellRefusal(reason: unknown, { action, tier, writer, context }: Telling): Promise<void> {
  if (!(reason instanceof AppError) || reason.code !== 'refused') return;
  const { name, target } = action;
  context.healing().audit({ action: name, object: auditedName(target), outcome: 'refused', text: reason.message });
  const live = tier === 'approve' ? await writer.current(target, context.signal).catch(() => undefined) : undefined;
  if (live !== undefined) await writer.announce(preconditionOf(live), refused(reason), context.signal);
}

const refused = ({ message }: AppError) => ({ type: 'Warning', reason: 'MendRefused', message }) as const;

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
