import * as z from 'zod';
import { levels } from '../../engines/logs/levels.ts';
import { signatureIds } from '../../engines/logs/signatures.ts';
import { traceLanguages } from '../../engines/logs/traces.ts';
import { objectRef } from '../schemas.ts';

const times = {
  count: z.int(),
  /** ISO 8601, by the clock of the node. */
  first: z.string().optional(),
  last: z.string().optional(),
};
/** Absent when there was nothing to compare with. */
const novel = { novel: z.boolean().optional() };

const thrown = z.strictObject({ type: z.string(), message: z.string() });

const template = z.strictObject({
  /** What all its entries have alike, `<*>` where they differ. */
  template: z.string(),
  /** Stated by the entries, or by the shape of an exception. */
  level: z.enum(levels).optional(),
  ...times,
  ...novel,
  sample: z.string(),
});

const containerLog = z.strictObject({
  pod: z.string(),
  container: z.string(),
  /** Whether it is the log of the instance before the last restart. */
  previous: z.boolean(),
  state: z.string(),
  /** When the instance that wrote it died. */
  died: z.string().optional(),
  lines: z.int(),
  bytes: z.int(),
  first: z.string().optional(),
  last: z.string().optional(),
  levels: z.partialRecord(z.enum(levels), z.int()),
  signatures: z
    .array(
      z.strictObject({
        id: z.enum(signatureIds),
        title: z.string(),
        ...times,
        quote: z.string(),
        /** Healthy siblings, or the time before the window, say the same. */
        known: z.boolean(),
      }),
    )
    .readonly(),
  /** Hosts, variables, paths and users in what is quoted, and what they mean. */
  links: z.array(z.strictObject({ word: z.string(), object: objectRef.optional(), says: z.string() })).readonly(),
  traces: z
    .array(
      z.strictObject({
        language: z.enum(traceLanguages),
        type: z.string(),
        message: z.string(),
        /** First frame of the application's own code. */
        frame: z.string().optional(),
        /** The innermost one. */
        cause: thrown.optional(),
        /** Lines that were folded. */
        lines: z.int(),
        ...times,
        ...novel,
      }),
    )
    .readonly(),
  templates: z.array(template).readonly(),
  /** Templates beyond those that neither healthy siblings nor the time before the window have. */
  new: z.array(template).readonly(),
  /** The last entries before death, or of a container that lives: first lines, and how many more lines each has. */
  end: z.array(z.strictObject({ at: z.string().optional(), text: z.string(), more: z.int() })).readonly(),
  /** Pods, or `before the window`. */
  compared_with: z.array(z.string()).readonly(),
  cut: z.array(z.string()).readonly(),
});
export type ContainerLog = z.output<typeof containerLog>;

export const logAnalysis = z.strictObject({
  object: objectRef,
  logs: z.array(containerLog).readonly(),
  /** Logs that there are not, or that could not be read. */
  unread: z.array(z.strictObject({ pod: z.string(), container: z.string(), reason: z.string() })).readonly(),
  cut: z.array(z.string()).readonly(),
});
export type LogAnalysis = z.output<typeof logAnalysis>;
