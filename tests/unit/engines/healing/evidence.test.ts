import { describe, expect, it } from 'vitest';
import { evidenceOf } from '../../../../src/engines/healing/evidence.ts';
import { aContainer, aPod, aSnapshot, crashed } from '../../../support/builders.ts';

const well = aPod('api-1');
const broken = aPod('api-2', { containers: [aContainer('app', crashed({ exitCode: 1, reason: 'Error' }))] });
const aLog = (lines: readonly string[]) => ({
  namespace: 'shop',
  pod: 'api-2',
  container: 'app',
  previous: true,
  lines: lines.map((text) => ({ text })),
});

describe('what is kept of pods that go', () => {
  it('is nothing of those that are well', () => {
    expect(evidenceOf(aSnapshot({ objects: [well] }), [well])).toEqual([]);
  });

  it('is the status of a broken one, when no log of it was read', () => {
    expect(evidenceOf(aSnapshot({ objects: [broken] }), [well, broken])).toEqual([
      { object: { kind: 'Pod', namespace: 'shop', name: 'api-2' }, status: expect.any(String), lines: [] },
    ]);
  });

  it('is the end of its log, in lines that are cut', () => {
    const lines = Array.from({ length: 30 }, (_, index) => `${index} ${'x'.repeat(1_000)}`);
    const [kept] = evidenceOf(aSnapshot({ objects: [broken], logs: [aLog(lines)] }), [broken]);

    expect(kept).toMatchObject({ container: 'app' });
    expect(kept?.lines).toHaveLength(10);
    expect(kept?.lines.at(-1)).toMatch(/^29 x{237}$/);
  });

  it('is that of three pods, however many go', () => {
    const many = Array.from({ length: 40 }, () => broken);

    expect(evidenceOf(aSnapshot({ objects: [broken] }), many)).toHaveLength(3);
  });
});
