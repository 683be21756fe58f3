import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Finding, Rule, RuleFinding } from '../../src/engines/diagnosis/rule.ts';
import { nameOf } from '../../src/engines/objects.ts';
import { indexSnapshot, type Snapshot } from '../../src/engines/snapshot.ts';
import { anObject, aSnapshot } from './builders.ts';
import { mutated, mutations } from './mutations.ts';

/** What a finding must say; texts are compared as substrings. */
interface Expected {
  readonly object: string;
  readonly problem?: string;
  readonly culprit?: string;
  readonly evidence?: readonly string[];
  readonly certainty?: Finding['certainty'];
  readonly fix?: string;
  readonly avoid?: string;
}

/** Changed snapshots that each rule has to survive. */
const numRuns = 25;

interface RuleTable {
  readonly silent: Readonly<Record<string, Snapshot>>;
  /** A finding each, in any order; no other finding may be there. */
  readonly speaks: Readonly<Record<string, readonly [Snapshot, ...Expected[]]>>;
  readonly found?: readonly RuleFinding[];
}

/** Tests a rule by tables of when it is silent and what it says; broken and half-filled objects are always among the silent. */
export function testRule(rule: Rule, { silent, speaks, found = [] }: RuleTable): void {
  describe(rule.id, () => {
    it.each(Object.entries({ ...alwaysSilent, ...silent }))('is silent with %s', (_, snapshot) => {
      expect(rule.check(snapshot, found).map(({ subject, problem }) => `${nameOf(subject)} ${problem}`)).toEqual([]);
    });

    it.each(Object.entries(speaks))('speaks %s', (_, [snapshot, ...expected]) => {
      const findings = rule.check(snapshot, found);

      expect(findings.map(({ subject }) => nameOf(subject)).toSorted()).toEqual(
        expected.map(({ object }) => object).toSorted(),
      );
      for (const want of expected) expectFinding(findings, want);
    });

    it('says nothing worse than nothing of what is half-filled', () => {
      const seeds = [...Object.values(silent), ...Object.values(speaks).map(([snapshot]) => snapshot)];
      fc.assert(
        fc.property(fc.constantFrom(...seeds), mutations, ({ data }, changes) => {
          expect(rule.check(indexSnapshot(mutated(data, changes)), found)).toBeInstanceOf(Array);
        }),
        { numRuns, seed: 1 },
      );
    });
  });
}

function expectFinding(findings: readonly Finding[], want: Expected): void {
  const candidates = findings.filter(({ subject }) => nameOf(subject) === want.object);
  const finding =
    candidates.length > 1 ? candidates.find(({ problem }) => problem.includes(want.problem ?? '')) : candidates[0];
  expect(finding, `a finding on ${want.object}`).toBeDefined();
  if (finding === undefined) return;
  expect(finding.evidence.length).toBeGreaterThan(0);
  expect(finding.fixes.length).toBeLessThanOrEqual(3);
  if (want.problem !== undefined) expect(finding.problem).toContain(want.problem);
  if (want.culprit !== undefined) expect(finding.culprit && nameOf(finding.culprit)).toBe(want.culprit);
  if (want.certainty !== undefined) expect(finding.certainty).toBe(want.certainty);
  if (want.fix !== undefined) expect(JSON.stringify(finding.fixes)).toContain(want.fix);
  if (want.avoid !== undefined) expect((finding.avoid ?? []).join('\n')).toContain(want.avoid);
  for (const text of want.evidence ?? []) {
    expect(finding.evidence.map((evidence) => evidence.text).join('\n')).toContain(text);
  }
}

const kinds = [
  'Pod',
  'Deployment',
  'ReplicaSet',
  'StatefulSet',
  'Service',
  'Ingress',
  'PersistentVolumeClaim',
] as const;

const alwaysSilent: Readonly<Record<string, Snapshot>> = {
  'an empty snapshot': aSnapshot(),
  'objects that have only a name': aSnapshot({
    objects: kinds.map((kind) =>
      anObject(kind, 'bare', { metadata: { creationTimestamp: undefined, uid: undefined } }),
    ),
  }),
};
