import { afterEach, describe, expect, it } from 'vitest';
import { aFakeApiServer, closeServers, type FakeApiServer } from '../../../support/fake-api-server.ts';
import { clustersOf } from '../../../support/live-clusters.ts';

const servers: FakeApiServer[] = [];
afterEach(() => closeServers(servers.splice(0)));

/** Whom the API server's answer makes of the bearer of a token. */
async function reviewed(status: object) {
  const server = await aFakeApiServer();
  servers.push(server);
  server.on(
    ({ path }) => path.endsWith('/tokenreviews'),
    (_, response) => {
      response.writeHead(201, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ kind: 'TokenReview', status }));
    },
  );
  const clusters = await clustersOf(server);
  return clusters.reviewToken?.({ token: 't', audience: 'kubemend' }, new AbortController().signal);
}

const user = { username: 'system:serviceaccount:ci:robot', uid: 'u1', groups: ['system:serviceaccounts'] };

describe('a token that the API server reviews', () => {
  it('is of whom it says, when it is for us', async () => {
    expect(await reviewed({ authenticated: true, user, audiences: ['other', 'kubemend'] })).toEqual({
      user: user.username,
      groups: user.groups,
      uid: 'u1',
    });
  });

  it.each([
    ['for somebody else', { authenticated: true, user, audiences: ['vault'] }],
    ['for whom nobody says, as by an API server that knows no audiences', { authenticated: true, user }],
    ['not taken', { authenticated: false, user, audiences: ['kubemend'] }],
    ['not known', { user: {}, error: 'invalid bearer token' }],
  ])('is of nobody, when it is %s', async (_, status) => {
    expect(await reviewed(status)).toBeUndefined();
  });
});
