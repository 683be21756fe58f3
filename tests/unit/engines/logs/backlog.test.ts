import { describe, expect, it } from 'vitest';
import { backlogIn } from '../../../../src/engines/logs/backlog.ts';
import { aLog, now } from '../../../support/builders.ts';
import { aSteadyLog } from '../../../support/complaining-pod.ts';

const clock = Date.parse(now);
/** Twenty-four lines, 48 seconds. */
const lines = (line: (index: number) => string): readonly string[] =>
  Array.from({ length: 24 }, (_, index) => line(index));
const growing = lines((index) => `component=worker queue_depth=${25 + index * 3} mode=degraded`);
const backlog = (texts: readonly string[], ago = 0) => backlogIn(aSteadyLog(texts, { ago }), clock);

describe('backlogIn', () => {
  it('tells what grows, from what to what, in any of the usual forms', () => {
    expect(backlog(growing)).toMatchObject({ name: 'queue_depth', samples: 24, before: 25, now: 94 });
    expect(backlog(lines((index) => `{"msg":"polled","lag": ${100 + index * 50}}`))?.now).toBe(1250);
    expect(backlog(lines((index) => `INFO backlog: ${10 + index * 4}`))?.name).toBe('backlog');
    expect(backlog(lines((index) => `INFO pending_jobs=${10 + index * 4 - (index % 6 === 5 ? 9 : 0)}`))?.now).toBe(93);
  });

  it.each(
    Object.entries({
      'a queue that is emptied now and then': lines((index) => `queue_depth=${(index % 6) * 30}`),
      'a queue that fills at the start and stays': lines((index) => `queue_depth=${Math.min(200, 20 + index * 30)}`),
      'a queue that shrinks': lines((index) => `queue_depth=${500 - index * 10}`),
      'a few more': lines((index) => `queue_depth=${40 + Math.floor(index / 2)}`),
      'a delay': lines((index) => `replica lag=${10 + index * 10} ms`),
      'what was done': lines((index) => `processed=${10 + index * 10}`),
      'few lines': growing.slice(0, 10),
    }),
  )('finds none in %s', (_, texts) => {
    expect(backlog(texts)).toBeUndefined();
  });

  it('finds none in a log that ended, or has no times', () => {
    expect(backlog(growing, 200)).toBeUndefined();
    expect(backlogIn(aLog('api', growing), clock)).toBeUndefined();
  });
});
