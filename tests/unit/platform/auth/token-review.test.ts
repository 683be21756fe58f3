import { describe, expect, it } from 'vitest';
import { createTokenReview, type TokenReviewOptions } from '../../../../src/platform/auth/token-review.ts';
import { AppError } from '../../../../src/platform/errors.ts';

const signal = new AbortController().signal;
const robot = { user: 'system:serviceaccount:ci:robot', groups: ['system:serviceaccounts'], uid: 'u1' };

function reviewed(review: TokenReviewOptions['review']) {
  const asked: string[] = [];
  const authenticator = createTokenReview({
    review: async (token, ownSignal) => {
      asked.push(token);
      return review(token, ownSignal);
    },
  });
  return {
    asked,
    authenticate: (token: string, own = signal) => authenticator.authenticate(token, own),
    authenticator,
  };
}

describe('a token that the API server reviews', () => {
  it('says who it is of; what they may, RBAC says alone', async () => {
    const { authenticate, authenticator } = reviewed(async () => robot);

    expect(await authenticate('good')).toEqual({
      id: 'kubernetes#u1',
      user: robot.user,
      groups: robot.groups,
      scopes: new Set(['k8s:read', 'k8s:logs', 'k8s:heal', 'k8s:admin']),
    });
    expect([authenticator.issuers, await authenticator.ready()]).toEqual([[], true]);
  });

  it('is not asked about at every call; one that is not taken, each time', async () => {
    const { authenticate, asked } = reviewed(async (token) => (token === 'good' ? robot : undefined));
    await authenticate('good');
    await authenticate('good');

    await expect(authenticate('bad')).rejects.toMatchObject({ reason: 'rejected' });
    await expect(authenticate('bad')).rejects.toMatchObject({ reason: 'rejected' });
    expect(asked).toEqual(['good', 'bad', 'bad']);
  });

  it('is not taken when nobody can be asked, and is asked about again', async () => {
    let away = true;
    const { authenticate } = reviewed(async () => {
      if (away) throw new AppError('unavailable', 'down');
      return robot;
    });

    await expect(authenticate('good')).rejects.toMatchObject({ reason: 'unavailable' });
    away = false;
    expect((await authenticate('good')).id).toBe('kubernetes#u1');
  });

  it('passes on what is no answer: a caller that left, a defect', async () => {
    const { authenticate } = reviewed(async () => {
      throw new TypeError('defect');
    });

    await expect(authenticate('good')).rejects.toThrow('defect');
    await expect(authenticate('good', AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' });
  });
});
