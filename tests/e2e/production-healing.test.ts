import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aNamespace, apply, deleteNamespaces, kubectl } from './bed.ts';
import { aRunningRelease, type RunningRelease, replicas } from './running-release.ts';
import { aWorkload } from './workloads.ts';

let shop: string;
let other: string;
let release: RunningRelease;

beforeAll(async () => {
  [shop, other] = await Promise.all([aNamespace('mend-shop'), aNamespace('mend-other')]);
  for (const namespace of [shop, other]) {
    await apply(namespace, aWorkload('web'));
    await kubectl('create', 'rolebinding', 'jane', '--clusterrole=edit', '--user=oidc:jane', '-n', namespace);
    await kubectl('rollout', 'status', 'deployment/web', '-n', namespace, '--timeout=60s');
  }
  release = await aRunningRelease('mend', () => ({ heal: { namespaces: [shop] }, 'settings.timeout': 240 }));
  await replicas(release.namespace, 2);
});

afterAll(async () => {
  await Promise.all([release?.close(), deleteNamespaces([shop, other])]);
});

/** A client behind which Jane says yes to every plan. */
async function janes(): Promise<{ readonly client: Client; readonly asked: readonly string[] }> {
  const asked: string[] = [];
  const client = new Client(
    { name: 'e2e', version: '1' },
    { versionNegotiation: { mode: 'auto' }, capabilities: { elicitation: { form: {} } } },
  );
  client.setRequestHandler('elicitation/create', ({ params }) => {
    asked.push(params.message);
    return { action: 'accept', content: { apply: true } };
  });
  const headers = { authorization: `Bearer ${await release.token('jane', 'k8s:read k8s:logs k8s:heal')}` };
  await client.connect(new StreamableHTTPClientTransport(new URL('/mcp', release.url), { requestInit: { headers } }));
  return { client, asked };
}

const restarted = String.raw`jsonpath={.spec.template.metadata.annotations.kubectl\.kubernetes\.io/restartedAt}`;
const restartedAt = (namespace: string): Promise<string> =>
  kubectl('get', 'deployment', 'web', '-n', namespace, '-o', restarted);

describe('two replicas in the cluster, with the rights of the chart alone,', () => {
  it('restart a workload of a listed namespace once a person has said yes, and see it healthy', async () => {
    const { client, asked } = await janes();

    const { structuredContent } = await client.callTool(
      { name: 'restart_workload', arguments: { object: 'deployment/web', namespace: shop } },
      { timeout: 280_000 },
    );

    await client.close();
    expect(asked).toEqual([expect.stringContaining(`Restart Deployment/web in ${shop}`)]);
    expect(structuredContent).toMatchObject({ success: true, state: 'healthy' });
    expect(await restartedAt(shop)).toMatch(/^\d{4}-/);
  });

  it('refuse it in another, and change nothing', async () => {
    const { client, asked } = await janes();

    const { structuredContent } = await client.callTool({
      name: 'restart_workload',
      arguments: { object: 'deployment/web', namespace: other },
    });

    await client.close();
    expect(asked).toEqual([]);
    expect(structuredContent).toMatchObject({ success: false, error_type: 'refused' });
    expect(await restartedAt(other)).toBe('');
  });
});
