import * as z from 'zod';
import { bands, verdicts } from '../../engines/diagnosis/explanation.ts';
import { evidenceSources, severities } from '../../engines/diagnosis/rule.ts';
import { objectRef } from '../schemas.ts';

const list = <Item extends z.ZodType>(item: Item) => z.array(item).readonly();
const texts = list(z.string());
const count = z.int();

const fix = z.union([
  z.object({ tool: z.string(), arguments: z.record(z.string(), z.unknown()), reason: z.string() }),
  z.object({ advice: z.string(), reason: z.string() }),
]);

const risk = z.object({
  id: z.string(),
  rule: z.string(),
  title: z.string(),
  severity: z.enum(severities),
  object: objectRef,
  summary: z.string(),
  fixes: list(fix),
});

const cause = z.object({
  id: z.string(),
  rule: z.string(),
  title: z.string(),
  severity: z.enum(severities),
  confidence: z.number(),
  band: z.enum(bands),
  object: objectRef,
  summary: z.string(),
  chain: list(z.object({ object: objectRef, rule: z.string().optional(), message: z.string() })),
  evidence: list(
    z.object({ object: objectRef, source: z.enum(evidenceSources), text: z.string(), at: z.string().optional() }),
  ),
  affected: z.object({ pods: count, services: texts, routes: texts, since: z.string().optional() }),
  changes: list(z.object({ object: objectRef, at: z.string(), by: z.string().optional(), what: z.string() })),
  fixes: list(fix),
  avoid: texts,
  missing_evidence: texts,
  next_check: z.string().optional(),
});

/** The contract of `diagnose`: an `Explanation`, shortened, with what was left out. */
export const diagnosis = z.object({
  scope: z.object({ cluster: z.string(), namespace: z.string().optional(), object: objectRef.optional() }),
  verdict: z.enum(verdicts),
  causes: list(cause),
  risks: list(risk),
  blind_spots: list(z.object({ what: z.string(), why: z.string(), consequence: z.string() })),
  checked: z.object({ objects: count, namespaces: count, rules: count, pods: count, pods_not_ready: count }),
  snapshot: z.object({
    source: z.string(),
    taken_at: z.string(),
    complete: z.boolean(),
    requests: count,
    bytes: count,
    duration_ms: z.number(),
  }),
  /** How many of each were left out to keep the answer short; absent when none were. */
  left_out: z.record(z.string(), count).optional(),
  /** For the causes after these. */
  cursor: z.string().optional(),
});

export type Diagnosis = z.output<typeof diagnosis>;
export type DiagnosedCause = Diagnosis['causes'][number];
export type DiagnosedFix = z.output<typeof fix>;
