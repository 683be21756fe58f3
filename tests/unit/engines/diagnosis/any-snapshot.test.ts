import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diagnose } from '../../../../src/engines/diagnosis/diagnose.ts';
import { nextReads } from '../../../../src/engines/reads.ts';
import { diagnosis } from '../../../../src/tools/report/diagnosis.ts';
import { diagnosisLines } from '../../../../src/tools/report/diagnosis-lines.ts';
import { digest } from '../../../../src/tools/report/digest.ts';
import { plainLines } from '../../../../src/tools/report/lines.ts';
import { mutated, mutations, recordings, shuffled } from '../../../support/mutations.ts';

// Recordings of a real cluster with anything in the place of anything.
const seeds = await recordings(8);
const someSnapshot = fc
  .tuple(fc.constantFrom(...seeds), fc.array(mutations, { minLength: 1, maxLength: 6 }))
  .map(([data, changes]) => mutated(data, changes.flat()));
const bounded = { numRuns: 100, seed: 1 };

describe('any snapshot', { timeout: 60_000 }, () => {
  it('has a diagnosis of its shape and size', () => {
    fc.assert(
      fc.property(someSnapshot, (data) => {
        const answer = digest(diagnose(data), { limit: 5 });

        expect(diagnosis.safeParse(answer).error).toBeUndefined();
        expect(JSON.stringify(answer).length).toBeLessThanOrEqual(6_000);
        expect(plainLines(diagnosisLines(answer))).not.toBe('');
      }),
      bounded,
    );
  });

  it('tells what to read next', () => {
    fc.assert(
      fc.property(someSnapshot, (data) => {
        expect(nextReads(data)).toBeInstanceOf(Array);
      }),
      bounded,
    );
  });

  it('is not called healthy when a list failed', () => {
    fc.assert(
      fc.property(someSnapshot, fc.nat(), (data, at) => {
        const lists = data.reads.filter(({ read }) => read.verb === 'list');
        const failing = lists[at % lists.length];
        const reads = data.reads.map((each) => (each === failing ? { ...each, outcome: 'failed' as const } : each));

        expect(diagnose({ ...data, reads }).verdict).not.toBe('healthy');
      }),
      bounded,
    );
  });

  it('has the same causes whatever the order of its objects', () => {
    fc.assert(
      fc.property(someSnapshot, fc.nat(), (data, seed) => {
        const idsOf = (objects: typeof data.objects) => diagnose({ ...data, objects }).causes.map(({ id }) => id);

        expect(idsOf(shuffled(data.objects, seed))).toEqual(idsOf(data.objects));
      }),
      bounded,
    );
  });
});
