import { afterEach, describe, expect, it } from 'vitest';
import { diagnose } from '../../../src/engines/diagnosis/diagnose.ts';
import type { Explanation } from '../../../src/engines/diagnosis/explanation.ts';
import type { KubernetesObject } from '../../../src/engines/objects.ts';
import { nextReads } from '../../../src/engines/reads.ts';
import type { Scope } from '../../../src/engines/snapshot-data.ts';
import { aContainer, aDeployment, anEvent, anObject, waiting } from '../../support/builders.ts';
import { aFakeApiServer, type FakeApiServer, type Fault } from '../../support/fake-api-server.ts';
import { clustersOf } from '../../support/live-clusters.ts';

const missingTag = waiting('ImagePullBackOff', 'failed to resolve reference "registry.example/app:1.0": not found');
const missingKey = waiting('CreateContainerConfigError', 'configmap "settings" not found');
const broken = aDeployment('web', { replicas: 2, pod: { containers: [aContainer('app', missingTag)] } });
const configured = aDeployment('api', {
  pod: { containers: [aContainer('app', { ...missingKey, envFrom: [{ configMapRef: { name: 'settings' } }] })] },
});
const calm = aDeployment('calm');
const well = [
  anObject('Namespace', 'shop'),
  anObject('Node', 'node-1', { status: { conditions: [{ type: 'Ready', status: 'True' }] } }),
  ...calm.all,
  anEvent(calm.pods[0] ?? calm.deployment, 'Pulled', 'pulled', { type: 'Normal' }),
];
const servers: FakeApiServer[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

/** What a diagnosis says when every request about one kind ends like this. */
async function diagnosed(resource: string, fault: Fault, { objects, scope }: World): Promise<Explanation> {
  const server = await aFakeApiServer({ objects });
  servers.push(server);
  server.on(({ path }) => new RegExp(`/${resource}(?:/[^/]+)?$`).test(path), fault);
  // Short only where nothing comes: a busy machine takes longer than that to answer the others.
  const timeouts = fault === 'hang' ? { connectMs: 1000, headersMs: 600, totalMs: 1200 } : undefined;
  const rest = { wait: async () => {}, random: () => 0, ...(timeouts !== undefined && { timeouts }) };
  const clusters = await clustersOf(server, { nextReads, rest });
  const reader = await clusters.reader(undefined);
  return diagnose(await reader.collect(scope, AbortSignal.timeout(20_000)));
}

interface World {
  readonly objects: readonly KubernetesObject[];
  readonly scope: Scope;
}

const faults: Readonly<Record<string, Fault>> = {
  '403': { status: 403, reason: 'Forbidden' },
  '410': { status: 410, reason: 'Expired' },
  '429': { status: 429 },
  '429 with Retry-After': { status: 429, retryAfter: 1 },
  '500': { status: 500 },
  '503': { status: 503 },
  silence: 'hang',
  'truncated JSON': 'truncated-json',
  HTML: { text: '<html><body>Sign in</body></html>', contentType: 'text/html' },
  'half a body': 'reset-mid-body',
};

const shop: Scope = { namespace: 'shop' };
const sick = [...well, ...broken.all, ...configured.all];
const kinds = [
  ['pods', 'Pod'],
  ['events', 'Event'],
  ['nodes', 'Node'],
  ['services', 'Service'],
  ['configmaps', 'ConfigMap'],
  ['replicasets', 'ReplicaSet'],
] as const;

describe.each(Object.entries(faults))(
  'an API server that answers for one kind with %s',
  { timeout: 20_000 },
  (_, fault) => {
    it.each(kinds)('names %s as a blind spot, in one namespace', async (resource, kind) => {
      const { blind_spots, verdict } = await diagnosed(resource, fault, { objects: sick, scope: shop });

      expect(blind_spots.map(({ what }) => what).join()).toContain(kind);
      expect(verdict).not.toBe('healthy');
    });

    it.each(kinds)('names %s as a blind spot, in the whole cluster', async (resource, kind) => {
      const { blind_spots, verdict } = await diagnosed(resource, fault, { objects: sick, scope: {} });

      expect(blind_spots.map(({ what }) => what).join()).toContain(kind);
      expect(verdict).not.toBe('healthy');
    });

    it.each(kinds.filter(([resource]) => resource !== 'pods'))(
      'still diagnoses the rest without %s',
      async (resource) => {
        const { causes } = await diagnosed(resource, fault, { objects: sick, scope: shop });

        expect(causes.map(({ rule }) => rule)).toEqual(
          expect.arrayContaining(['image-tag-not-found', 'config-object-missing']),
        );
      },
    );

    it.each(['pods', 'services', 'replicasets'])(
      'does not call a namespace healthy without its %s',
      async (resource) => {
        const { verdict } = await diagnosed(resource, fault, { objects: well, scope: shop });

        expect(verdict).toBe('unknown');
      },
    );
  },
);

describe('a list that expires between its pages', () => {
  const events = Array.from({ length: 700 }, (_, index) => anEvent(calm.deployment, `Reason${index}`, 'again'));
  const expired: Fault = { status: 410, reason: 'Expired' };

  it('is read again from its beginning', async () => {
    const server = await aFakeApiServer({ objects: [...well, ...events] });
    servers.push(server);
    server.on(({ path, query }) => path.endsWith('/events') && query.has('continue'), expired, 1);
    const clusters = await clustersOf(server, { nextReads });
    const reader = await clusters.reader(undefined);

    const { objects, reads } = await reader.collect(shop, AbortSignal.timeout(20_000));

    expect(objects.filter(({ kind }) => kind === 'Event')).toHaveLength(701);
    expect(reads.filter(({ outcome }) => outcome === 'truncated')).toEqual([]);
  });

  it('is a blind spot when it expires again', async () => {
    const server = await aFakeApiServer({ objects: [...well, ...events] });
    servers.push(server);
    server.on(({ path, query }) => path.endsWith('/events') && query.has('continue'), expired);
    const clusters = await clustersOf(server, { nextReads });
    const reader = await clusters.reader(undefined);

    const { blind_spots } = diagnose(await reader.collect(shop, AbortSignal.timeout(20_000)));

    expect(blind_spots).toEqual([
      expect.objectContaining({ what: 'Event in shop', why: 'Only the first 500 were read.' }),
    ]);
  });
});
