import * as z from 'zod';
import { accessVerdicts } from '../../engines/access/access.ts';
import { lacks } from '../../engines/access/nearest.ts';
import type { PolicyRule } from '../../engines/access/rules.ts';
import { objectRef } from '../schemas.ts';

const texts = z.array(z.string()).readonly();

const rule = z.object({
  verbs: texts,
  groups: texts.optional(),
  resources: texts.optional(),
  names: texts.optional(),
  urls: texts.optional(),
});

/** A rule in the words of the answer; parts that it does not have are absent. */
export function ruleOf({
  verbs,
  apiGroups,
  resources,
  resourceNames,
  nonResourceURLs,
}: PolicyRule): z.output<typeof rule> {
  const part = (name: string, words: readonly string[] | undefined) =>
    words === undefined || words.length === 0 ? {} : { [name]: words };
  return {
    verbs: verbs ?? [],
    ...part('groups', apiGroups),
    ...part('resources', resources),
    ...part('names', resourceNames),
    ...part('urls', nonResourceURLs),
  };
}

/** The contract of `check_access`. */
export const accessReport = z.object({
  /** `ServiceAccount shop/api`, `User jane`; `the caller` when the server did not say who that is. */
  subject: z.string(),
  /** `list pods in namespace shop`. */
  request: z.string(),
  verdict: z.enum(accessVerdicts),
  grants: z.array(z.object({ binding: objectRef, role: objectRef, subject: z.string(), rule })).readonly(),
  nearest: z
    .object({
      role: objectRef,
      binding: objectRef.optional(),
      rule,
      lacks: z.array(z.enum(lacks)).readonly(),
      text: z.string(),
    })
    .optional(),
  /** What the API server's own authorizers say. */
  review: z.object({ allowed: z.boolean(), reason: z.string().optional() }).optional(),
  notes: texts,
  blind_spots: z.array(z.object({ what: z.string(), why: z.string(), consequence: z.string() })).readonly(),
  /** Grants that are not shown. */
  more_grants: z.int().optional(),
});
