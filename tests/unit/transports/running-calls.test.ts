import { getEventListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Call } from '../../../src/call.ts';
import type { Outcome } from '../../../src/outcome.ts';
import { countCalls } from '../../../src/transports/running-calls.ts';
import { aCall, somePipeline } from '../../integration/transports/fixtures.ts';

/** Calls that end when they are told to; what each was given. */
function aBed() {
  const { promise, resolve } = Promise.withResolvers<Outcome>();
  const given: Call[] = [];
  const end = () => resolve({ requestId: '1', result: { success: true }, text: '' });
  const call = (each: Call) => {
    given.push(each);
    return promise;
  };
  return { calls: countCalls({ ...somePipeline({ tools: [] }), call }), given, end };
}

describe('calls that are counted', () => {
  it('end with the service, for a reason that is told', () => {
    const { calls, given } = aBed();
    void calls.pipeline.call(aCall('diagnose'));

    calls.abort();

    expect(given[0]?.signal?.reason).toMatchObject({ code: 'unavailable' });
  });

  it('end with their callers, and leave nobody listening', async () => {
    const { calls, given, end } = aBed();
    const [gone, here] = [new AbortController(), new AbortController()];
    const answers = [gone, here].map(({ signal }) => calls.pipeline.call(aCall('diagnose', {}, { signal })));

    gone.abort('gone');
    expect(given.map(({ signal }) => signal?.reason)).toEqual(['gone', undefined]);
    end();
    await Promise.all(answers);
    expect(getEventListeners(here.signal, 'abort')).toEqual([]);
  });

  it('are waited for', async () => {
    const { calls, end } = aBed();
    void calls.pipeline.call(aCall('diagnose'));
    const idle = calls.idle().then(() => 'idle');

    expect(await Promise.race([idle, sleep(10, 'busy')])).toBe('busy');
    end();
    expect(await idle).toBe('idle');
  });
});
