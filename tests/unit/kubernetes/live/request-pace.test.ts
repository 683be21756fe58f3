import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRequestPace, type PaceOptions, type RequestPace } from '../../../../src/kubernetes/live/request-pace.ts';

const signal = new AbortController().signal;

interface Observed {
  readonly pace: RequestPace;
  /** How long each turn had to wait, in ms. */
  readonly waits: number[];
  readonly clock: { at: number };
}

/** Waits are noted, and take no time. */
function pacing(options: PaceOptions): Observed {
  const waits: number[] = [];
  const clock = { at: 1000 };
  const wait = async (ms: number) => void waits.push(ms);
  return { pace: createRequestPace(options, { now: () => clock.at, wait }), waits, clock };
}

const turns = (pace: RequestPace, count: number): Promise<void[]> =>
  Promise.all(Array.from({ length: count }, () => pace.turn(signal, 60_000)));

describe('the pace of requests', () => {
  it('lets a burst through, then one after another', async () => {
    const { pace, waits } = pacing({ perSecond: 20, burst: 40 });

    await turns(pace, 43);

    expect(waits).toEqual([50, 100, 150]);
  });

  it('allows the next burst once it was quiet for long enough', async () => {
    const { pace, waits, clock } = pacing({ perSecond: 20, burst: 40 });
    await turns(pace, 40);

    clock.at += 500;
    await turns(pace, 11);
    clock.at += 60_000;
    await turns(pace, 40);

    expect(waits).toEqual([50]);
  });

  it('refuses at once what would have to wait too long, and counts it not', async () => {
    const { pace, waits } = pacing({ perSecond: 2, burst: 1 });
    await pace.turn(signal, 0);

    await expect(pace.turn(signal, 499)).rejects.toMatchObject({
      code: 'unavailable',
      details: { wait_seconds: 1 },
    });
    await pace.turn(signal, 500);

    expect(waits).toEqual([500]);
  });

  it('gives the place of one who leaves to those who come later', async () => {
    const clock = { at: 0 };
    const waits: number[] = [];
    const wait = async (ms: number, leaving: AbortSignal) => {
      waits.push(ms);
      leaving.throwIfAborted();
    };
    const pace = createRequestPace({ perSecond: 10, burst: 1 }, { now: () => clock.at, wait });
    await pace.turn(signal, 0);

    await expect(pace.turn(AbortSignal.abort(), 1000)).rejects.toThrow('aborted');
    await pace.turn(signal, 1000);

    expect(waits).toEqual([100, 100]);
  });

  it('is none where no limit is set', async () => {
    const { pace, waits } = pacing({ perSecond: 0, burst: 1 });

    await turns(pace, 10_000);

    expect(waits).toEqual([]);
  });

  it('never lets more through in any time than the burst and its rate', async () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 200 });
    const rates = fc.record({ perSecond: fc.integer({ min: 1, max: 200 }), burst: fc.integer({ min: 1, max: 50 }) });
    await fc.assert(
      fc.asyncProperty(rates, gaps, async (options, after) => {
        const clock = { at: 0 };
        const sent: number[] = [];
        const pace = createRequestPace(options, {
          now: () => clock.at,
          wait: async (ms) => void sent.push(clock.at + ms),
        });
        for (const gap of after) {
          clock.at += gap;
          const before = sent.length;
          await pace.turn(signal, Number.POSITIVE_INFINITY);
          if (sent.length === before) sent.push(clock.at);
        }

        sent.forEach((from, first) => {
          sent.slice(first).forEach((to, count) => {
            const allowed = options.burst + ((to - from) * options.perSecond) / 1000;
            // One more at both ends of a time, and the millisecond below which nobody waits.
            expect(count + 1).toBeLessThanOrEqual(allowed + 1 + options.perSecond / 1000);
          });
        });
      }),
    );
  });
});
