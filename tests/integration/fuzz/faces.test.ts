import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aFuzzBed, type FuzzBed } from '../../fuzz/bed.ts';
import { fuzz } from '../../fuzz/faces.ts';

let bed: FuzzBed;

beforeAll(async () => {
  bed = await aFuzzBed();
});
afterAll(() => bed.close());

describe('whatever is asked, in a form of ours and without secrets is what is answered', { timeout: 60_000 }, () => {
  it.each([
    ['rest', 500],
    ['modern', 400],
    ['legacy', 400],
    ['stdio modern', 80],
    ['stdio legacy', 80],
    ['heads', 300],
    ['command line', 100],
  ] as const)('over %s, %d times', async (face, count) => {
    let calls = 0;
    await fuzz(bed, { face, count, seed: 20_261_127, onCall: (messages) => void (calls += messages) });

    expect(calls).toBeGreaterThanOrEqual(count);
  });
});
