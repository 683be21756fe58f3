import { describe, expect, it } from 'vitest';
import { errorOfFailure } from '../../../../src/kubernetes/live/errors.ts';
import { AppError } from '../../../../src/platform/errors.ts';

const asking = { verb: 'list', resource: 'pods', namespace: 'shop' } as never;
const failing = (error: unknown): unknown => errorOfFailure(error, 'https://api.test:6443', asking);

describe('errorOfFailure', () => {
  it('says what a refused connection means', () => {
    expect(failing(Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }))).toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('api.test:6443'),
    });
  });

  it('does not blame the cluster for a slip in the program', () => {
    const slip = new TypeError('Agent is not a constructor');

    expect(failing(slip)).toBe(slip);
  });

  it('keeps errors that are already ours', () => {
    const ours = new AppError('conflict', 'changed meanwhile');

    expect(failing(ours)).toBe(ours);
  });
});
