import { describe, expect, it } from 'vitest';
import type { Asking } from '../../../../src/kubernetes/live/asking.ts';
import { errorOfFailure } from '../../../../src/kubernetes/live/errors.ts';
import { errorOfWriteFailure, errorOfWriteStatus } from '../../../../src/kubernetes/live/write-errors.ts';

const type = { group: 'apps', resource: 'deployments', kind: 'Deployment' };
const asking: Asking = { verb: 'patch', type, namespace: 'shop', name: 'web' };
const evicting: Asking = {
  verb: 'create',
  type: { group: '', resource: 'pods', kind: 'Pod' },
  subresource: 'eviction',
  namespace: 'shop',
  name: 'web-1',
};
const cause = (message: string) => ({ causes: [{ reason: 'DisruptionBudget', message }] });

describe('errorOfWriteStatus', () => {
  it.each([
    ['a stale version', 409, { reason: 'Conflict', message: 'the object has been modified' }, 'conflict'],
    ['a name that is taken', 409, { reason: 'AlreadyExists', message: '"x" already exists' }, 'conflict'],
    [
      'a test of a JSON patch',
      422,
      { reason: 'Invalid', message: 'the server rejected our request due to an error in our request', details: {} },
      'conflict',
    ],
    [
      'an invalid value',
      422,
      {
        reason: 'Invalid',
        message: 'Deployment.apps "web" is invalid: spec.replicas: Invalid value: -1: must be greater',
        details: { causes: [{ reason: 'FieldValueInvalid', message: 'Invalid value: -1' }] },
      },
      'validation_error',
    ],
    ['nonsense', 400, { message: 'no' }, 'validation_error'],
    ['an object that is gone', 404, { reason: 'NotFound' }, 'not_found'],
    ['old credentials', 401, {}, 'permission_denied'],
    [
      'a lack of RBAC',
      403,
      {
        message:
          'deployments.apps "web" is forbidden: User "bot" cannot patch resource "deployments" in API group "apps"',
      },
      'permission_denied',
    ],
    ['403 without a word', 403, {}, 'permission_denied'],
    ['a quota', 403, { message: 'pods "web" is forbidden: exceeded quota: q, requested: pods=1' }, 'refused'],
    ['Pod Security', 403, { message: 'pods "web" is forbidden: violates PodSecurity "restricted:latest"' }, 'refused'],
    ['a webhook', 400, { message: 'admission webhook "a.example" denied the request: no' }, 'refused'],
    [
      'a policy',
      422,
      {
        message: `deployments.apps "web" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: no`,
      },
      'refused',
    ],
    ['too many requests', 429, { reason: 'TooManyRequests', message: 'too many' }, 'api_error'],
    ['an odd refusal', 415, { message: 'the body is of another type' }, 'api_error'],
    ['a failure', 500, { message: 'etcdserver: request timed out' }, 'unavailable'],
    ['a gateway', 503, {}, 'unavailable'],
    ['a slow store', 504, { reason: 'Timeout' }, 'timeout'],
  ])('takes %s for what it is', (_name, status, body, code) => {
    expect(errorOfWriteStatus(status, body, { asking })).toMatchObject({ code, details: { status } });
  });

  it('names the permission that is missing', () => {
    expect(errorOfWriteStatus(403, {}, { asking })).toMatchObject({
      message: 'Not allowed to patch Deployment/web in namespace shop.',
      details: { required_permission: 'patch apps/deployments' },
    });
  });

  it.each([500, 503, 504])('does not know after %s whether it was done', (status) => {
    expect(errorOfWriteStatus(status, {}, { asking })).toMatchObject({
      message: expect.stringContaining('It is unknown whether the change was made.'),
      details: { effect: 'unknown' },
    });
  });

  it('knows that a dry run has changed nothing', () => {
    expect(errorOfWriteStatus(500, {}, { asking, dryRun: true })).toMatchObject({
      message: expect.stringContaining('Nothing changed.'),
      details: { effect: 'none' },
    });
  });

  it('names the budget that refuses an eviction, and when to ask again', () => {
    const details = {
      ...cause('The disruption budget web-pdb needs 2 healthy pods and has 2 currently'),
      retryAfterSeconds: 10,
    };

    expect(errorOfWriteStatus(429, { message: 'Cannot evict pod', details }, { asking: evicting })).toMatchObject({
      code: 'refused',
      message:
        'PodDisruptionBudget/web-pdb does not allow this eviction: The disruption budget web-pdb needs 2 healthy pods and has 2 currently. Nothing changed.',
      details: { budget: 'web-pdb', retry_after_seconds: 10 },
    });
  });

  it('says so when several budgets are over one pod', () => {
    const message = 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.';

    expect(errorOfWriteStatus(500, { message }, { asking: evicting })).toMatchObject({
      code: 'refused',
      details: { budget: 'several' },
    });
  });

  it('takes a busy API server for no budget', () => {
    expect(errorOfWriteStatus(429, { message: 'too many requests' }, { asking: evicting })).toMatchObject({
      code: 'api_error',
      message: expect.stringContaining('too busy'),
    });
  });

  it.each([
    [
      ' "" is invalid: patch: Invalid value: "{\\"env\\":\\"canary\\"}": strict decoding error: unknown field "spec.foo"',
      ' "" is invalid: patch: Invalid value: strict decoding error: unknown field "spec.foo"',
    ],
    [
      'Deployment "web" is invalid: spec.selector: Invalid value: {"matchLabels":{"a":"canary"}}: field is immutable',
      'Deployment "web" is invalid: spec.selector: Invalid value: field is immutable',
    ],
    [
      'Pod "web" is invalid: spec: Invalid value: core.PodSpec{Env: "canary"}: is immutable',
      'Pod "web" is invalid: spec: Invalid value: is immutable',
    ],
    [
      'Pod "web" is invalid: spec: Forbidden: may not change\n@@ -1 +1 @@\n "canary"',
      'Pod "web" is invalid: spec: Forbidden: may not change',
    ],
    ['Pod "web" is invalid: spec.env: DB_PASSWORD=canary99', 'Pod "web" is invalid: spec.env: DB_PASSWORD=[REDACTED'],
  ])('repeats nothing of the object itself: %s', (message, said) => {
    const error = errorOfWriteStatus(422, { message, details: { causes: [] } }, { asking });

    expect(error.details.said).toEqual(expect.stringContaining(said));
    expect(JSON.stringify([error.message, error.details])).not.toContain('canary');
  });
});

describe('errorOfWriteFailure', () => {
  const failed = (code: string, { sent = true, dryRun = false } = {}) => {
    const cause = Object.assign(new Error(code), { code });
    const error = errorOfFailure(cause, { server: 'https://api.example' }, asking);
    return errorOfWriteFailure(error, { asking, dryRun, cause, sent });
  };

  it.each([
    ['ECONNRESET', 'unavailable', 'unknown'],
    ['UND_ERR_SOCKET', 'unavailable', 'unknown'],
    ['UND_ERR_HEADERS_TIMEOUT', 'timeout', 'unknown'],
    ['ECONNREFUSED', 'unavailable', 'none'],
    ['ENOTFOUND', 'unavailable', 'none'],
    ['UND_ERR_CONNECT_TIMEOUT', 'unavailable', 'none'],
    ['CERT_HAS_EXPIRED', 'unavailable', 'none'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'unavailable', 'none'],
  ])('after %s is %s, its effect %s', (code, type, effect) => {
    expect(failed(code)).toMatchObject({ code: type, details: { effect } });
  });

  it('knows that nothing changed when nothing was sent, or only tried', () => {
    expect(failed('ECONNRESET', { sent: false })).toMatchObject({ details: { effect: 'none' } });
    expect(failed('ECONNRESET', { dryRun: true })).toMatchObject({ details: { effect: 'none' } });
  });

  it('leaves a slip of a programmer alone', () => {
    const cause = new TypeError('x is undefined');

    expect(errorOfWriteFailure(cause, { asking, cause, sent: true })).toBe(cause);
  });
});
