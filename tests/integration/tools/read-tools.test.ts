import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPipeline, type Pipeline } from '../../../src/call.ts';
import { nextReads } from '../../../src/engines/reads.ts';
import { createClusters } from '../../../src/kubernetes/live/clusters.ts';
import type { Clusters } from '../../../src/kubernetes/ports.ts';
import { silentLogger } from '../../../src/platform/logging.ts';
import { noMetrics } from '../../../src/platform/metrics.ts';
import { noRateLimit } from '../../../src/platform/rate-limit.ts';
import { tools } from '../../../src/tools/index.ts';
import { aContainer, aDeployment, anObject, aPod, crashed, waiting } from '../../support/builders.ts';
import { aFakeApiServer, type FakeApiServer } from '../../support/fake-api-server.ts';

const password = 'aHVudGVyMi1odW50ZXIy';
const token = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.c2lnbmF0dXJlLWNhbmFyeS1jYW5hcnk';

const missingTag = waiting('ImagePullBackOff', 'failed to resolve reference "registry.example/app:1.0": not found');
const web = aDeployment('web', { replicas: 2, pod: { containers: [aContainer('app', missingTag)] } });
const objects = [
  ...['shop', 'calm', 'kube-system'].map((name) => anObject('Namespace', name)),
  anObject('Node', 'node-1', { status: { conditions: [{ type: 'Ready', status: 'True' }] } }),
  ...web.all,
  anObject('Service', 'web', { spec: { selector: { app: 'web' }, ports: [{ port: 80 }] } }),
  aPod('db-0', { containers: [aContainer('app', crashed({ exitCode: 1, reason: 'Error' }))] }),
  anObject('Secret', 'db', { data: { password } }),
  ...Array.from({ length: 500 }, (_, index) =>
    aPod(`checkout-7d9f8b6c5d-x${index}`, { metadata: { namespace: 'calm' } }),
  ),
];

let server: FakeApiServer;
let clusters: Clusters;
let pipeline: Pipeline;

beforeAll(async () => {
  server = await aFakeApiServer({
    objects,
    version: 'v1.36.3',
    logs: { 'shop/db-0/app?previous': ['starting', `token ${token}`, 'FATAL: no space left on device'] },
  });
  clusters = createClusters({
    kubeconfigPath: await server.kubeconfig(),
    inCluster: false,
    allowExec: false,
    cacheTtlMs: 0,
    nextReads,
    metrics: noMetrics,
    environment: {},
  });
  pipeline = createPipeline({
    tools,
    settings: { namespace: 'shop', allowSystemNamespaces: false },
    timeoutMs: 30_000,
    log: silentLogger,
    metrics: noMetrics,
    limiter: noRateLimit,
  });
});

afterAll(async () => {
  await clusters.close();
  await server.close();
});

const call = (tool: string, args: object = {}) => pipeline.call({ tool, arguments: args, clusters });

describe('through the pipeline, from a real server', () => {
  it('diagnose names the cause in one call', async () => {
    const { result, text } = await call('diagnose', { object: 'service/web' });

    expect(result).toMatchObject({
      success: true,
      scope: { cluster: 'fake', namespace: 'shop', object: { kind: 'Service', name: 'web' } },
      verdict: 'unhealthy',
      causes: [{ rule: 'image-tag-not-found', object: { kind: 'Deployment', name: 'web' } }],
    });
    expect(text).toMatch(/✖ Deployment\/web cannot pull .* {3}confirmed 0\.95/);
    expect(server.unexpected).toEqual([]);
  });

  it('diagnose fits 1,500 tokens', async () => {
    const { result, text } = await call('diagnose', { all_namespaces: true });

    expect(Buffer.byteLength(JSON.stringify(result))).toBeLessThan(6_144);
    expect(Buffer.byteLength(text)).toBeLessThan(6_144);
  });

  it('analyze_logs names the known fault without its secrets', async () => {
    const { result, text } = await call('analyze_logs', { object: 'pod/db-0' });

    expect(result).toMatchObject({
      success: true,
      logs: [{ pod: 'db-0', signatures: [{ id: 'disk-full', count: 1 }] }],
    });
    expect(`${JSON.stringify(result)}${text}`).not.toContain(token);
  });

  it('check_pod_health shows the log without its secrets', async () => {
    const { result, text } = await call('check_pod_health', { pod_name: 'db-0' });

    expect(result).toMatchObject({
      success: true,
      pod_name: 'db-0',
      status: 'Running',
      issues: [{ type: 'CrashLoopBackOff' }, { type: 'frequent_restarts' }],
      logs: expect.stringContaining('FATAL: no space left on device'),
      logs_of: 'app (previous)',
    });
    expect(`${JSON.stringify(result)}${text}`).not.toContain(token);
  });

  it('list_resources lists 500 pods in 4 KB, and all of them page by page', async () => {
    const first = await call('list_resources', { kind: 'po', namespace: 'calm' });
    const { cursor } = first.result as { cursor?: string };
    const second = await call('list_resources', { kind: 'po', namespace: 'calm', cursor });

    expect(first.result).toMatchObject({ kind: 'Pod', truncated: true });
    expect(Buffer.byteLength(first.text)).toBeLessThan(4_096);
    expect(Buffer.byteLength(JSON.stringify(first.result))).toBeLessThan(4_096);
    expect(second.result).toMatchObject({ success: true });
    expect(second.text).not.toBe(first.text);
  });

  it('get_resource shows the keys of a Secret and no value', async () => {
    const whole = await call('get_resource', { kind: 'secret', name: 'db' });
    const field = await call('get_resource', { kind: 'secret', name: 'db', fields: ['data.password'] });

    expect(Object.keys((whole.result as { object?: { data?: object } }).object?.data ?? {})).toEqual(['password']);
    expect(JSON.stringify([whole, field])).not.toContain(password);
  });

  it('get_timeline reads all that has a past, and misses what has expired', async () => {
    const { result } = await call('get_timeline', { namespace: 'shop', since_minutes: 10_080 });

    expect(result).toMatchObject({ success: true, blind_spots: [{ what: expect.stringMatching(/^Events before/) }] });
  });

  it('get_usage shows requests where there is no metrics API', async () => {
    const { result, text } = await call('get_usage', { namespace: 'shop' });

    expect(result).toMatchObject({ success: true, totals: { pods: 3 } });
    expect(text).toContain('the cluster serves no metrics API');
  });

  it('check_access says what the API server says', async () => {
    server.on('POST /apis/authentication.k8s.io/v1/selfsubjectreviews', {
      json: { status: { userInfo: { username: 'jane', groups: [] } } },
    });

    const { result } = await call('check_access', { verb: 'list', resource: 'pods' });

    expect(result).toMatchObject({ success: true, subject: 'User jane', verdict: 'allowed' });
  });

  it('list_clusters probes every context', async () => {
    const { text } = await call('list_clusters');

    expect(text).toMatch(/fake \(default\) +v1\.36\.3 +reachable/);
  });
});

describe('what is read', () => {
  it('is what the tools declare, and names of Secrets', async () => {
    await call('diagnose', { all_namespaces: true });
    await call('diagnose', { object: 'service/web' });
    await call('check_pod_health', { pod_name: 'db-0' });
    await call('get_timeline', { namespace: 'shop' });
    await call('get_timeline', { object: 'deploy/web' });
    await call('get_usage', { object: 'deploy/web' });
    await call('check_access', { verb: 'list', resource: 'pods' });
    await call('analyze_logs', { object: 'pod/db-0' });

    const declared = new Set(tools.flatMap(({ permissions }) => permissions));
    const asked = new Set(server.requests.flatMap(({ method, path }) => (method === 'GET' ? resourceOf(path) : [])));
    expect(
      [...asked].filter((resource) => !declared.has(`list ${resource}`) && !declared.has(`get ${resource}`)),
    ).toEqual(['secrets']);
  });
});

/** `apps/deployments` of `/apis/apps/v1/namespaces/shop/deployments/web`; nothing for discovery. */
function resourceOf(path: string): readonly string[] {
  const [, group, rest = ''] = /^\/(?:api\/v1|apis\/([^/]+)\/[^/]+)\/(.+)$/.exec(path) ?? [];
  const parts = rest.split('/');
  const [resource = '', , subresource] = parts[0] === 'namespaces' && parts.length > 2 ? parts.slice(2) : parts;
  const named = [group, resource, subresource].filter((part) => part !== undefined).join('/');
  return resource === '' ? [] : [named];
}

describe('what cannot be done', () => {
  it.each([
    ['a pod that is not there', 'check_pod_health', { pod_name: 'db-1' }, 'not_found'],
    ['an object that is not there', 'diagnose', { object: 'deploy/wab' }, 'not_found'],
    ['a namespace that is not there', 'diagnose', { namespace: 'shopp' }, 'not_found'],
    ['a kind that is not there', 'list_resources', { kind: 'widgets' }, 'not_found'],
    ['a cluster that is not there', 'diagnose', { cluster: 'prod' }, 'not_found'],
    ['a system namespace', 'list_resources', { kind: 'pod', namespace: 'kube-system' }, 'refused'],
    ['a system namespace as an object', 'diagnose', { object: 'namespace/kube-system' }, 'refused'],
    ['one namespace and all', 'diagnose', { namespace: 'shop', all_namespaces: true }, 'validation_error'],
    ['a name that is a path', 'get_resource', { kind: 'pod', name: '../secrets/db' }, 'validation_error'],
    ['an unknown argument', 'diagnose', { name_space: 'shop' }, 'validation_error'],
  ])('is said of %s', async (_, tool, args, errorType) => {
    const { result, text } = await call(tool, args);

    expect(result).toMatchObject({ success: false, error_type: errorType, hint: expect.any(String) });
    expect(text).toContain(errorType);
  });
});
