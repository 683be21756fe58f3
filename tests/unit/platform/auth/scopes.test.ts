import { describe, expect, it } from 'vitest';
import { kubernetesIdentity } from '../../../../src/platform/auth/principal.ts';
import { grantedScopes } from '../../../../src/platform/auth/scopes.ts';

describe('the scopes of a token', () => {
  it.each([
    [[], []],
    [['openid', 'k8s:root'], []],
    [['k8s:read'], ['k8s:read']],
    [['k8s:heal'], ['k8s:read', 'k8s:logs', 'k8s:heal']],
    [
      ['k8s:read', 'k8s:admin', 'email'],
      ['k8s:read', 'k8s:logs', 'k8s:heal', 'k8s:admin'],
    ],
  ])('%j include %j', (named, granted) => {
    expect([...grantedScopes(named)]).toEqual(granted);
  });
});

describe('a user of somewhere else', () => {
  it('keeps name and groups, but for those of Kubernetes itself', () => {
    expect(kubernetesIdentity('jane', ['ops', 'system:masters'])).toEqual({
      user: 'jane',
      groups: ['ops', 'system:authenticated'],
    });
  });

  it.each(['', 'system:admin', 'system:serviceaccount:kube-system:default'])('is refused as %j', (user) => {
    expect(() => kubernetesIdentity(user, [])).toThrow('names no user');
  });
});
