import { replica, seriesOf, testAlert } from '../alert-tester.ts';

const notLetIn = (reason: string) => seriesOf('mcp_auth_failures_total', { ...replica('a'), reason });
const asked = (verb: string, code: string) =>
  seriesOf('mcp_k8s_requests_total', { ...replica('a'), verb, resource: 'pods', code });
const fallbacks = seriesOf('mcp_rate_limit_fallback_total', replica('a'));

testAlert('IdentityProviderUnavailable', {
  fires: {
    'tokens cannot be judged': {
      samples: { [notLetIn('unavailable')]: '0+1x20' },
      minute: 8,
      as: [
        {
          labels: { ...replica('a'), reason: 'unavailable' },
          summary: 'kubemend: a cannot tell whose tokens it is sent',
        },
      ],
    },
  },
  silent: {
    'tokens are bad': { samples: { [notLetIn('expired')]: '0+10x20', [notLetIn('signature')]: '0+10x20' }, to: 20 },
    'one could not be judged': { samples: { [notLetIn('unavailable')]: '0x5 1x30' }, to: 30 },
  },
});

testAlert('CredentialsRefused', {
  fires: {
    'requests are answered with 401': {
      samples: { [asked('list', '401')]: '0+1x20', [asked('get', '401')]: '0+1x20', [asked('get', '403')]: '0+1x20' },
      minute: 13,
      as: [{ labels: replica('a'), summary: 'kubemend: the API server does not accept the credentials of a' }],
    },
  },
  silent: {
    'callers may not do what they ask for': { samples: { [asked('list', '403')]: '0+9x30' }, to: 30 },
    'a token is renewed': { samples: { [asked('list', '401')]: '0x5 3x30', [asked('list', '200')]: '0+9x30' }, to: 30 },
  },
});

testAlert('RateLimitFallback', {
  fires: {
    'Redis does not answer': {
      samples: { [fallbacks]: '0+5x20' },
      minute: 8,
      as: [{ labels: replica('a'), summary: 'kubemend: a counts calls without Redis' }],
    },
  },
  silent: {
    'Redis answers': { samples: { [fallbacks]: '7x30' }, to: 30 },
    'Redis was away for a moment': { samples: { [fallbacks]: '0x5 3x30' }, to: 30 },
  },
});
