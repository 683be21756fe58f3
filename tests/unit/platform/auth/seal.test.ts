import { describe, expect, it } from 'vitest';
import { createSeal } from '../../../../src/platform/auth/seal.ts';

const [old, young] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
const at = Date.parse('2026-11-27T12:00:00Z');
const value = { token: 'secret', list: [1] };

describe('what is sealed', () => {
  it('is read by replicas with the same key, and by nobody who looks at it', async () => {
    const text = await createSeal({ keys: [old], purpose: 'a' }).close(value, 60);

    expect(text).not.toContain(Buffer.from('secret').toString('base64url'));
    expect(await createSeal({ keys: [old], purpose: 'a' }).open(text)).toEqual(value);
  });

  it('is read with the key before the newest one, so that keys can be changed', async () => {
    const text = await createSeal({ keys: [old], purpose: 'a' }).close(value, 60);

    expect(await createSeal({ keys: [young, old], purpose: 'a' }).open(text)).toEqual(value);
    expect(await createSeal({ keys: [young], purpose: 'a' }).open(text)).toBeUndefined();
  });

  it('is for one purpose', async () => {
    const text = await createSeal({ keys: [old], purpose: 'a' }).close(value, 60);

    expect(await createSeal({ keys: [old], purpose: 'b' }).open(text)).toBeUndefined();
  });

  it.each([
    [59, value],
    [61, undefined],
  ])('is good for a minute, after %d s: %o', async (seconds, opened) => {
    const text = await createSeal({ keys: [old], purpose: 'a', now: () => at }).close(value, 60);
    const later = createSeal({ keys: [old], purpose: 'a', now: () => at + seconds * 1000 });

    expect(await later.open(text)).toEqual(opened);
  });

  it.each(['', 'x', 'a.b.c.d.e', 'eyJhbGciOiJub25lIn0.e30.'])('is not %j', async (text) => {
    expect(await createSeal({ keys: [old], purpose: 'a' }).open(text)).toBeUndefined();
  });

  it('is nothing any more when one letter is changed', async () => {
    const seal = createSeal({ keys: [old], purpose: 'a' });
    const text = await seal.close(value, 60);
    const changed = text.replace(/.(?=.{30}$)/, (letter) => (letter === 'A' ? 'B' : 'A'));

    expect(await seal.open(changed)).toBeUndefined();
  });

  it('needs a key', () => {
    expect(() => createSeal({ keys: [], purpose: 'a' })).toThrow('no key');
  });
});
