import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/platform/errors.ts';
import { inSpan } from '../../../src/platform/in-span.ts';
import { currentTrace, runInRequest } from '../../../src/platform/request-context.ts';
import { aSpan } from '../../support/spans.ts';

const start = { name: 'collect', kind: 'internal' } as const;

describe('a step of a call', () => {
  it('is a span below the one it is in, and what it does is in it', async () => {
    const span = aSpan();

    const seen = await runInRequest({ requestId: 'r', span }, () => inSpan(start, async () => currentTrace()));

    expect(span.children.map(({ known, trace }) => [known, trace])).toEqual([
      [{ name: 'collect', attributes: {}, ended: true, errorType: undefined }, seen],
    ]);
    expect(seen).not.toEqual(span.trace);
  });

  it.each<[unknown, string]>([
    [new AppError('not_found', 'No Pod/web.'), 'not_found'],
    [new TypeError('a slip'), 'internal_error'],
  ])('that fails with %s says %s and no more, and fails', async (error, type) => {
    const span = aSpan();
    const fail = async () => {
      throw error;
    };
    const failing = runInRequest({ requestId: 'r', span }, () => inSpan(start, fail));

    await expect(failing).rejects.toBe(error);
    expect(span.children[0]?.known).toMatchObject({ ended: true, errorType: type });
  });

  it('just happens where nothing is traced', async () => {
    expect(await inSpan(start, async (span) => span)).toBeUndefined();
    expect(await runInRequest({ requestId: 'r' }, () => inSpan(start, async (span) => span))).toBeUndefined();
  });
});
