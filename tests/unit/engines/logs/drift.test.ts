import { describe, expect, it } from 'vitest';
import { driftIn } from '../../../../src/engines/logs/drift.ts';
import { aLog, now } from '../../../support/builders.ts';
import { aSteadyLog } from '../../../support/complaining-pod.ts';

const clock = Date.parse(now);
/** Sixty lines, two minutes. */
const lines = (line: (index: number) => string): readonly string[] =>
  Array.from({ length: 60 }, (_, index) => line(index));
const slower = lines((index) => `INFO GET /items 200 in ${20 + index * 10} ms`);
const drift = (texts: readonly string[], ago = 0) => driftIn(aSteadyLog(texts, { ago }), clock);

describe('driftIn', () => {
  it('tells what takes longer and longer, from what to what, in any of the usual forms', () => {
    expect(drift(slower)).toMatchObject({ samples: 60, before: 90, now: 540, template: 'GET /items <n> in <n> ms' });
    expect(drift(lines((index) => `{"level":"info","msg":"served","duration_ms":${20 + index * 10}}`))?.now).toBe(540);
    expect(drift(lines((index) => `level=info msg="query took ${(20 + index * 10) / 1000}s"`))?.now).toBe(540);
  });

  it.each(
    Object.entries({
      'durations that only vary': lines((index) => `INFO GET /items in ${20 + ((index * 37) % 600)} ms`),
      'a step': lines((index) => `INFO GET /items in ${index < 30 ? 20 : 900} ms`),
      'one slow end': lines((index) => `INFO GET /items in ${index < 50 ? 20 : 900} ms`),
      'what stays quick': lines((index) => `INFO GET /items in ${1 + index} ms`),
      'pauses between attempts': lines((index) => `INFO retrying in ${20 + index * 10} ms`),
      'time that passes': lines((index) => `INFO import running, time: ${index * 2} s`),
      'work that grows': lines((index) => `INFO wrote ${10 + index * 50} rows in ${20 + index * 10} ms`),
      'few lines': slower.slice(0, 30),
    }),
  )('finds none in %s', (_, texts) => {
    expect(drift(texts)).toBeUndefined();
  });

  it('finds none in a log that ended, or that has no times', () => {
    expect(drift(slower, 200)).toBeUndefined();
    expect(driftIn(aLog('api', slower), clock)).toBeUndefined();
  });
});
