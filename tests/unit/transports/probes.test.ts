import { describe, expect, it } from 'vitest';
import { silentLogger } from '../../../src/platform/logging.ts';
import { createReadiness } from '../../../src/transports/probes.ts';
import { someClusters } from '../../integration/transports/fixtures.ts';

function aReadiness(answers: readonly boolean[]) {
  const clock = { now: 0, asked: 0 };
  const ping = async () => {
    if (answers[clock.asked++] !== true) throw new Error('down');
  };
  return { clock, ...createReadiness(someClusters({ ping }), silentLogger, () => clock.now) };
}

describe('createReadiness', () => {
  it('asks once for all who ask within three seconds', async () => {
    const readiness = aReadiness([true]);

    const answers = await Promise.all([readiness.ready(), readiness.ready()]);
    readiness.clock.now = 3000;

    expect([...answers, await readiness.ready()]).toEqual([true, true, true]);
    expect(readiness.clock.asked).toBe(1);
  });

  it('asks again after that', async () => {
    const readiness = aReadiness([true, false, true]);

    const answers: boolean[] = [];
    for (const now of [0, 4000, 8000]) {
      readiness.clock.now = now;
      answers.push(await readiness.ready());
    }

    expect(answers).toEqual([true, false, true]);
  });

  it('says in words that the API server is late', async () => {
    const said: unknown[] = [];
    const log = { ...silentLogger, warn: (fields: object) => void said.push(fields) };
    const ping = (signal: AbortSignal) =>
      new Promise<void>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));

    expect(await createReadiness(someClusters({ ping }), log).ready()).toBe(false);
    expect(said).toEqual([{ problem: 'The API server did not answer within 5 s.' }]);
  }, 10_000);
});
