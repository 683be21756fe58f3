import { describe, expect, it } from 'vitest';
import { traceContextFrom, traceparentOf } from '../../../src/platform/trace-context.ts';

const [traceId, spanId] = ['0af7651916cd43dd8448eb211c80319c', 'b7ad6b7169203331'];
const good = `00-${traceId}-${spanId}-01`;

describe('what a caller says of its trace', () => {
  it.each<[string, string, object]>([
    ['is taken', good, { traceId, spanId, sampled: true }],
    ['may be that it keeps nothing', `00-${traceId}-${spanId}-00`, { sampled: false }],
    ['may have flags to come', `00-${traceId}-${spanId}-03`, { sampled: true }],
    ['may be of a version to come', `cc-${traceId}-${spanId}-01-what-the-future-holds`, { traceId, spanId }],
  ])('%s', (_, traceparent, expected) => {
    expect(traceContextFrom(traceparent)).toMatchObject(expected);
  });

  it.each<[string, unknown]>([
    ['is nothing', undefined],
    ['is no text', 7],
    ['is empty', ''],
    ['is in capital letters', good.toUpperCase()],
    ['is too short', good.slice(0, -1)],
    ['goes on without a dash', `${good}0`],
    ['has a version that is none', `ff${good.slice(2)}`],
    ['has no trace', `00-${'0'.repeat(32)}-${spanId}-01`],
    ['has no span', `00-${traceId}-${'0'.repeat(16)}-01`],
    ['has another letter', good.replace('a', 'g')],
    ['is followed by a line of its own', `${good}\nx-injected: 1`],
    ['is far too long', `cc${good.slice(2)}-${'a'.repeat(300)}`],
  ])('is passed over when it %s', (_, traceparent) => {
    expect(traceContextFrom(traceparent)).toBeUndefined();
  });

  it('brings the state of other systems, as far as that is one', () => {
    expect(traceContextFrom(good, 'vendor=1')).toHaveProperty('state', 'vendor=1');
    expect(traceContextFrom(good, 'vendor=1\n')).not.toHaveProperty('state');
    expect(traceContextFrom(good, 'v'.repeat(513))).not.toHaveProperty('state');
    expect(traceContextFrom(good, ['vendor=1'])).not.toHaveProperty('state');
  });

  it('is told on as it was', () => {
    expect(traceparentOf({ traceId, spanId, sampled: true })).toBe(good);
    expect(traceparentOf({ traceId, spanId, sampled: false })).toBe(`00-${traceId}-${spanId}-00`);
  });
});
