import { describe, expect, it } from 'vitest';
import { currentRequest, requestIdFrom, runInRequest } from '../../../src/platform/request-context.ts';

describe('requestIdFrom', () => {
  it.each(['a', 'A-1_b.c', 'x'.repeat(64)])('takes %s as it is', (id) => {
    expect(requestIdFrom(id)).toBe(id);
  });

  it.each([undefined, null, '', 'x'.repeat(65), 'a b', 'a\nb', 'ä', '<script>'])('replaces %j', (id) => {
    expect(requestIdFrom(id)).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('runInRequest', () => {
  it('is seen by everything that the work starts, and by nothing else', async () => {
    const seen = await runInRequest({ requestId: 'r' }, async () => {
      await Promise.resolve();
      return currentRequest()?.requestId;
    });

    expect(seen).toBe('r');
    expect(currentRequest()).toBeUndefined();
  });
});
