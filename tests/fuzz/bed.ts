import type { Canaries } from '../support/canaries.ts';
import { canaryScene } from '../support/canary-scene.ts';
import { aFakeApiServer, type FakeApiServer, type RecordedRequest } from '../support/fake-api-server.ts';
import { type Serving, serving } from '../support/program.ts';

/** The whole program over a cluster full of canaries. */
export interface FuzzBed {
  readonly canaries: Canaries;
  readonly environment: Readonly<Record<string, string>>;
  readonly service: Serving;
  /** Forgets what the fake API server was asked and what was planned there: memory that is looked at is the program's. */
  readonly forget: () => void;
  readonly close: () => Promise<void>;
}

export async function aFuzzBed(): Promise<FuzzBed> {
  const { canaries, ...scene } = canaryScene();
  const server: FakeApiServer = await aFakeApiServer({ ...scene, writable: true });
  const environment = { KUBECONFIG: await server.kubeconfig(), K8S_NAMESPACE: 'shop', KUBEMEND_K8S_QPS: '0' };
  const flags = ['--heal', '--no-rate-limit-enabled', '--log-level', 'info'];
  const service = await serving(flags, { environment, logBytes: 4_000_000 });
  return {
    canaries,
    environment,
    service,
    forget() {
      for (const { method, path, body } of (server.requests as RecordedRequest[]).splice(0)) {
        const kind = { leases: 'Lease', events: 'Event' }[path.split('/').at(-1) ?? ''];
        if (method !== 'POST' || kind === undefined) continue;
        const { metadata } = JSON.parse(body) as { metadata: { name: string; namespace: string } };
        server.remove({ kind, ...metadata });
      }
    },
    async close() {
      await service.stop();
      await server.close();
    },
  };
}
