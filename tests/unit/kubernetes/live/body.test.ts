import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { type Body, bodyOf, type Receiving } from '../../../../src/kubernetes/live/body.ts';

/** A body of which parts are pushed by hand, and what came of it. */
function incoming(receiving: Receiving, encoding?: string) {
  const flow: string[] = [];
  const { promise, resolve, reject } = Promise.withResolvers<Body>();
  const body = bodyOf(receiving, {
    encoding,
    flow: {
      pause: () => flow.push('pause'),
      resume: () => flow.push('resume'),
      abort: ({ message }) => flow.push(message),
    },
    done: resolve,
    failed: reject,
  });
  return { body, flow, result: promise };
}

const text = ({ bytes, capped }: Body) => ({ text: bytes.toString(), capped });

describe('a body', () => {
  test('is whole when its parts are', async () => {
    const { body, result, flow } = incoming({ cap: 10 });
    body.push(Buffer.from('ab'));
    body.push(Buffer.from('cd'));
    body.end();
    expect(text(await result)).toEqual({ text: 'abcd', capped: false });
    expect(flow).toEqual([]);
  });

  test('is cut at the cap, and the rest not waited for', async () => {
    const { body, result, flow } = incoming({ cap: 3 });
    body.push(Buffer.from('abcd'));
    body.push(Buffer.from('ef'));
    expect(text(await result)).toEqual({ text: 'abc', capped: true });
    expect(flow).toEqual(['enough was read']);
  });

  test('fails when its connection does', async () => {
    const { body, result } = incoming({ cap: 10 });
    body.push(Buffer.from('ab'));
    body.fail(new Error('reset'));
    await expect(result).rejects.toThrow('reset');
  });

  test('that somebody takes is not kept, and cut by a failure after its first part', async () => {
    const taken: string[] = [];
    const { body, result } = incoming({ cap: 10, take: (chunk) => taken.push(chunk.toString()) });
    body.push(Buffer.from('ab'));
    body.fail(new Error('reset'));
    expect(text(await result)).toEqual({ text: '', capped: true });
    expect(taken).toEqual(['ab']);
  });

  test('that somebody takes fails when nothing of it came', async () => {
    const { body, result } = incoming({ cap: 10, take: () => {} });
    body.fail(new Error('reset'));
    await expect(result).rejects.toThrow('reset');
  });
});

describe('a zipped body', () => {
  test('is unzipped', async () => {
    const zipped = gzipSync('hello');
    const { body, result } = incoming({ cap: 10 }, 'gzip');
    body.push(zipped.subarray(0, 7));
    body.push(zipped.subarray(7));
    body.end();
    expect(text(await result)).toEqual({ text: 'hello', capped: false });
  });

  test('that is a bomb ends at the cap', async () => {
    const { body, result, flow } = incoming({ cap: 1_000 }, 'gzip');
    body.push(gzipSync(Buffer.alloc(50 * 1024 * 1024)));
    body.end();
    const { bytes, capped } = await result;
    expect([bytes.length, capped]).toEqual([1_000, true]);
    expect(flow).toContain('enough was read');
    body.push(Buffer.from('late'));
  });

  test.each([
    ['ends early', gzipSync('hello').subarray(0, 12)],
    ['is none', Buffer.from('hello')],
  ])('that %s fails', async (_, bytes) => {
    const { body, result } = incoming({ cap: 10 }, 'gzip');
    body.push(bytes);
    body.end();
    await expect(result).rejects.toThrow(/unexpected end|incorrect header/);
  });

  test('lets its sender wait while it is unzipped', async () => {
    const { body, result, flow } = incoming({ cap: 1_000_000 }, 'gzip');
    body.push(gzipSync(randomBytes(100_000)));
    await expect.poll(() => flow).toEqual(['pause', 'resume']);
    body.end();
    expect((await result).bytes).toHaveLength(100_000);
  });

  test('that cannot be taken fails', async () => {
    const take = () => {
      throw new Error('no table');
    };
    const { body, result } = incoming({ cap: 10, take }, 'gzip');
    body.push(gzipSync('hello'));
    body.end();
    expect(await result).toMatchObject({ capped: true });
  });
});
