import type { Action } from '../../engines/healing/action.ts';
import { touchedPods } from '../../engines/healing/blast-radius.ts';
import { evidenceOf } from '../../engines/healing/evidence.ts';
import type { Situation } from '../../engines/healing/guards/guard.ts';
import type { ActionRecord } from '../../engines/healing/record.ts';
import { nameOf } from '../../engines/objects.ts';
import { newHandle } from '../../platform/handle.ts';
import type { ToolContext } from '../tool.ts';
import { approvedDigest } from './approved-digest.ts';
import { type Considered, consider } from './consider.ts';
import { earlierOf } from './earlier.ts';
import { judged } from './judged.ts';
import { tell } from './records.ts';

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
  const verdicts = judged(considered, context.healing());
  const record = recordOf(considered, verdicts, context);
  const writer = await context.writer();
  await writer.actions.create(record, context.signal);
  tell(record, 'planned', context.healing());
  return record;
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
