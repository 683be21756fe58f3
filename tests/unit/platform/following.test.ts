import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { following } from '../../../src/platform/following.ts';

describe('a signal that follows others', () => {
  it.each([0, 1])('aborts with the first of them, for its reason: %i', (which) => {
    const leaders = [new AbortController(), new AbortController()];
    const { signal } = following(...leaders.map((leader) => leader.signal));

    leaders[which]?.abort('first');
    leaders[1 - which]?.abort('second');

    expect([signal.aborted, signal.reason]).toEqual([true, 'first']);
  });

  it('is aborted from the start when one of them is', () => {
    const { signal } = following(new AbortController().signal, AbortSignal.abort('before'));

    expect([signal.aborted, signal.reason]).toEqual([true, 'before']);
  });

  it('follows none that is not there', () => {
    expect(following(undefined).signal.aborted).toBe(false);
  });

  it('follows no more once that has ended', () => {
    const leader = new AbortController();
    const { signal, end } = following(leader.signal);

    end();
    leader.abort();

    expect(signal.aborted).toBe(false);
  });

  it('holds on to no leader that outlives it, nor to the others once one has aborted', () => {
    const leaders = [new AbortController(), new AbortController()];
    const signals = leaders.map(({ signal }) => signal);
    const listeners = () => signals.map((signal) => getEventListeners(signal, 'abort').length);

    const one = following(...signals);
    expect(listeners()).toEqual([1, 1]);
    one.end();
    expect(listeners()).toEqual([0, 0]);
    following(...signals);
    leaders[0]?.abort();
    expect(listeners()).toEqual([0, 0]);
  });
});
