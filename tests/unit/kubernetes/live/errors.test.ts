import { describe, expect, it } from 'vitest';
import type { Asking } from '../../../../src/kubernetes/live/asking.ts';
import { errorOfFailure, errorOfStatus } from '../../../../src/kubernetes/live/errors.ts';
import { AppError } from '../../../../src/platform/errors.ts';

const pod = { group: '', resource: 'pods', kind: 'Pod' };
const web: Asking = { verb: 'get', type: pod, namespace: 'shop', name: 'web' };
const way = { server: 'https://api.example:6443' };
const failing = (code: string, more: object = {}) => Object.assign(new Error('internals'), { code }, more);

describe('errorOfStatus', () => {
  it.each<[number, Asking, object]>([
    [
      404,
      web,
      {
        code: 'not_found',
        message: 'Pod/web in namespace shop does not exist.',
        details: { status: 404, namespace: 'shop' },
      },
    ],
    [404, { verb: 'list', type: pod }, { code: 'not_found', message: 'Pods does not exist.' }],
    [403, web, { code: 'permission_denied', details: { required_permission: 'get pods', namespace: 'shop' } }],
    [403, { ...web, subresource: 'log' }, { details: { required_permission: 'get pods/log' } }],
    [
      403,
      { verb: 'list', type: { group: 'apps', resource: 'deployments', kind: 'Deployment' } },
      { details: { required_permission: 'list apps/deployments' } },
    ],
    [401, web, { code: 'permission_denied', hint: expect.stringContaining('log in again') }],
    [400, web, { code: 'api_error', details: { status: 400 }, hint: expect.stringContaining('arguments') }],
    [410, web, { code: 'validation_error', hint: 'Start again without a cursor.' }],
    [429, web, { code: 'api_error', details: { status: 429 }, hint: expect.stringContaining('busy') }],
    [422, web, { code: 'api_error', details: { status: 422 }, hint: expect.stringContaining('arguments') }],
    [
      500,
      { verb: 'get' },
      { code: 'api_error', message: 'The API server answered 500 to reading the API server', details: { status: 500 } },
    ],
  ])('makes of %s for %j what the product promises', (status, asking, expected) => {
    expect(errorOfStatus(status, {}, asking)).toMatchObject(expected);
  });

  it.each([
    ['label_selector', { labelSelector: 'a===b' }, "unable to parse requirement: found '=', expected: identifier"],
    ['label_selector', { labelSelector: 'a=b=c', fieldSelector: 'metadata.name=a' }, "found '=', expected: ','"],
    ['field_selector', { labelSelector: 'a=b', fieldSelector: 'spec.foo=x' }, 'field label not supported: spec.foo'],
    ['field_selector', { labelSelector: 'a=b', fieldSelector: 'x' }, "invalid selector: 'x'; can't understand 'x'"],
    ['field_selector', { fieldSelector: 'spec.foo=x' }, '"spec.foo" is not a known field selector'],
    ['field_selector', { fieldSelector: 'spec.foo=x' }, 'words of another server'],
    ['cursor', { labelSelector: 'a=b', next: 'x' }, 'invalid continue token: continue key is not valid'],
  ])('names %s of %j when the server says: %s', (path, narrowing, message) => {
    expect(errorOfStatus(400, { message }, { verb: 'list', type: pod, narrowing })).toMatchObject({
      code: 'validation_error',
      message: `The API server refuses ${path}: ${message}`,
      details: { status: 400, problems: [{ path, message }] },
    });
  });

  it('names the argument when the server says nothing', () => {
    const asking: Asking = { verb: 'list', type: pod, narrowing: { labelSelector: '-' } };

    expect(errorOfStatus(400, {}, asking)).toMatchObject({ message: 'The API server refuses label_selector' });
  });

  it('repeats the words of the server, cut and without secrets', () => {
    const error = errorOfStatus(500, { message: `password=canary ${'x'.repeat(5000)}` }, web);

    expect(error.message).toMatch(/password=\[REDACTED/);
    expect(error.message.length).toBeLessThan(1200);
  });
});

describe('errorOfFailure', () => {
  it.each([
    ['ERR_INVALID_URL', 'is no URL'],
    ['ENOTFOUND', 'cannot be resolved'],
    ['EAI_AGAIN', 'cannot be resolved'],
    ['ECONNREFUSED', 'Nothing listens at api.example:6443'],
    ['UND_ERR_CONNECT_TIMEOUT', 'cannot be reached'],
    ['EHOSTUNREACH', 'cannot be reached'],
    ['CERT_HAS_EXPIRED', 'has expired'],
    ['CERT_NOT_YET_VALID', 'not valid yet'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'is not for'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'does not name'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'does not name'],
    ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'refuses the client certificate'],
    ['EPROTO', 'No TLS connection'],
    ['UND_ERR_PRX_TLS', 'proxy'],
    ['HPE_INVALID_CONSTANT', 'does not speak HTTP'],
    ['ECONNRESET', 'broke'],
    ['SOMETHING_NEW', 'cannot be reached'],
  ])('explains %s', (code, sentence) => {
    expect(errorOfFailure(failing(code), way, web)).toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining(sentence),
      hint: expect.any(String),
      details: { server: 'api.example:6443' },
    });
  });

  it.each([
    failing('UND_ERR_HEADERS_TIMEOUT'),
    failing('UND_ERR_BODY_TIMEOUT'),
    new DOMException('late', 'TimeoutError'),
  ])('calls %s a timeout', (error) => {
    expect(errorOfFailure(error, way, web)).toMatchObject({ code: 'timeout' });
  });

  it('finds the reason inside of causes and of attempts at several addresses', () => {
    const attempts = new AggregateError([failing('ECONNREFUSED')], 'both failed');

    expect(errorOfFailure(new TypeError('fetch failed', { cause: attempts }), way, web)).toMatchObject({
      message: expect.stringContaining('Nothing listens'),
    });
  });

  it('names the proxy on the way, without its password', () => {
    const proxied = { ...way, proxy: 'http://user:canary@proxy.example:3128' };

    expect(errorOfFailure(failing('ECONNREFUSED'), proxied, web)).toMatchObject({
      message: expect.stringContaining('Nothing listens at api.example:6443 through proxy proxy.example:3128'),
    });
  });

  it('does not blame the cluster for a slip in the program', () => {
    const slip = new TypeError('Agent is not a constructor');

    expect(errorOfFailure(slip, way, web)).toBe(slip);
  });

  it('lets our own errors pass, and shows nothing of others', () => {
    const own = new AppError('refused', 'no');

    expect(errorOfFailure(own, way, web)).toBe(own);
    expect(errorOfFailure('internals', { server: 'no url' }, web)).toMatchObject({
      message: 'The API server at the given address cannot be reached.',
    });
  });
});
