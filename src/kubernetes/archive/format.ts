import * as z from 'zod';
import type { ReadOutcome, Representation } from '../../engines/snapshot-data.ts';

/** What tells a snapshot of any version from other files. */
export const marks = z.object({ format: z.literal('kubemend-snapshot'), version: z.number() });

/** The first line of a snapshot (docs/snapshot-format.md). */
export const header = z.object({
  format: z.literal('kubemend-snapshot'),
  version: z.literal(1),
  takenAt: z.iso.datetime({ offset: true }),
  cluster: z.string(),
  /** The API server's `gitVersion`. */
  serverVersion: z.string().optional(),
  scope: z.object({
    namespace: z.string().optional(),
    object: z.object({ kind: z.string(), namespace: z.string().optional(), name: z.string() }).optional(),
  }),
  /** Version of the kubemend that wrote it. */
  kubemend: z.string(),
});
export type Header = z.infer<typeof header>;

export const podRow = z.object({
  namespace: z.string(),
  name: z.string(),
  ready: z.number(),
  containers: z.number(),
  status: z.string(),
  restarts: z.number(),
  age: z.string(),
  node: z.string().optional(),
});

export const log = z.object({
  namespace: z.string(),
  pod: z.string(),
  container: z.string(),
  previous: z.boolean(),
  lines: z.array(z.object({ at: z.string().optional(), text: z.string() })),
});

/** Types only come from the engines: these are checked to be the same sets. */
const representations = ['full', 'metadata', 'table'] as const satisfies readonly Representation[];
const outcomes = [
  'ok',
  'absent',
  'exceeded',
  'denied',
  'truncated',
  'failed',
] as const satisfies readonly ReadOutcome[];

const place = { apiVersion: z.string().optional(), namespace: z.string().optional() };
const anyRead = z.discriminatedUnion('verb', [
  z.object({
    verb: z.literal('list'),
    kind: z.string(),
    ...place,
    labelSelector: z.string().optional(),
    fieldSelector: z.string().optional(),
    as: z.enum(representations),
    atMost: z.number().optional(),
  }),
  z.object({ verb: z.literal('get'), kind: z.string(), ...place, name: z.string() }),
  z.object({
    verb: z.literal('log'),
    namespace: z.string(),
    pod: z.string(),
    container: z.string(),
    previous: z.boolean(),
    tailLines: z.number(),
  }),
]);
export const readResult = z.object({ read: anyRead, outcome: z.enum(outcomes), message: z.string().optional() });

export const cost = z.object({ requests: z.number(), bytes: z.number(), durationMs: z.number() });

/** The last line: how many records of each kind came before it. */
export const counts = z.object({
  objects: z.number(),
  heads: z.number(),
  podRows: z.number(),
  logs: z.number(),
  reads: z.number(),
});
export type Counts = z.infer<typeof counts>;

/** An object only has to be one: rules cope with whatever else is missing. */
export const record = z.union([
  z.object({ object: z.looseObject({}) }),
  z.object({ head: z.looseObject({}) }),
  z.object({ podRow }),
  z.object({ log }),
  z.object({ read: readResult }),
  z.object({ cost }),
  z.object({ end: counts }),
]);
