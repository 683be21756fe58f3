import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type * as z from 'zod';
import type { PolicyDecision, PolicyQuestion } from '../../src/engines/healing/policy-decision.ts';
import { decide } from '../../src/engines/healing/policy-decision.ts';
import { type HealingPolicy, policySchema } from '../../src/platform/healing-policy.ts';

/** As a file would say it: only what matters. */
export type PolicyFields = z.input<typeof policySchema>;

/** A valid policy: the defaults, and what a test states. */
export const aPolicy = (fields: PolicyFields = {}): HealingPolicy => policySchema.parse(fields);

/** A Friday, 10:00 in UTC. */
export const friday = Date.parse('2026-11-27T10:00:00Z');

/** Asks for a restart of something in shop on Friday, unless told otherwise. */
export const decided = (fields: PolicyFields, question: Partial<PolicyQuestion> = {}): PolicyDecision =>
  decide(aPolicy(fields), { action: 'restart_workload', namespace: 'shop', labels: {}, now: friday, ...question });

/** The path of a file with this text. */
export async function policyFile(text: string | Uint8Array): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), 'kubemend-policy-')), 'policy.yaml');
  await writeFile(path, text);
  return path;
}
