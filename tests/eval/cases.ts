/** What the evaluation runs on: recordings of the real cluster, and what a diagnosis of each has to say. */
import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import * as z from 'zod';
import { folder as faultFolder, faultOf } from '../e2e/fault.ts';

/** A root cause: `rule` and `Kind/name`. */
export interface Root {
  readonly rule: string;
  readonly object: string;
}

export interface Case {
  readonly name: string;
  readonly family: Family;
  /** Manifests of tests/e2e/faults that were applied together. */
  readonly faults: readonly string[];
  /** Manifests of tests/eval/extra that were applied beside them: noise, decoys, healthy workloads. */
  readonly extra: readonly string[];
  /** A scene of tests/eval/scenes, which takes more than one namespace; then there are no faults. */
  readonly scene: string | undefined;
  /** Arguments of `kubemend diagnose` that ask about the scene. */
  readonly asks: string;
  /** The recording it is made of: its own, or that of another case seen with less. */
  readonly recording: string;
  /** Kinds that are taken out of the recording, as if they had expired. */
  readonly expired: readonly string[];
  /** Kinds that may not be read. */
  readonly denied: readonly string[];
  /** Empty when nothing is wrong. */
  readonly roots: readonly Root[];
}

export const families = [
  'one fault',
  'two faults',
  'healthy',
  'less to see',
  'misleading',
  'node at fault',
  'cause elsewhere',
] as const;
export type Family = (typeof families)[number];

const described = z.strictObject({
  family: z.enum(families),
  faults: z.array(z.string()).default([]),
  extra: z.array(z.string()).default([]),
  scene: z.string().optional(),
  asks: z.string().default('-A'),
  /** Another case, seen with less. */
  of: z.string().optional(),
  expired: z.array(z.string()).default([]),
  denied: z.array(z.string()).default([]),
  /** `rule Kind/name`; by default what the faults say. */
  roots: z.array(z.string()).optional(),
});

/** One case for every fault of the end-to-end tests, and those of cases.yaml. */
export function allCases(): readonly Case[] {
  const single = readdirSync(faultFolder)
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => caseOf(file.replace(/\.yaml$/, ''), { family: 'one fault', faults: [file.replace(/\.yaml$/, '')] }));
  const listed: unknown = parse(readFileSync('tests/eval/cases.yaml', 'utf8'));
  const more = Object.entries(z.record(z.string(), z.unknown()).parse(listed));
  return [...single, ...more.map(([name, fields]) => caseOf(name, fields))];
}

function caseOf(name: string, fields: unknown): Case {
  const { of, roots, ...rest } = described.parse(fields);
  const stated = roots?.map((line) => {
    const [rule = '', object = ''] = line.split(' ');
    return { rule, object };
  });
  const faults = of === undefined || rest.faults.length > 0 ? rest.faults : [of];
  const { scene } = rest;
  return { name, ...rest, scene, faults, recording: of ?? name, roots: stated ?? faults.map(rootOf) };
}

function rootOf(fault: string): Root {
  const { rule, object } = faultOf(`${fault}.yaml`);
  return { rule, object };
}
