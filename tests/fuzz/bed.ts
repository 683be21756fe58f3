import type { Canaries } from '../support/canaries.ts';
import { canaryScene } from '../support/canary-scene.ts';
import { aFakeApiServer, type FakeApiServer } from '../support/fake-api-server.ts';
import { type Serving, serving } from '../support/program.ts';

/** The whole program over a cluster full of canaries. */
export interface FuzzBed {
  readonly canaries: Canaries;
  readonly environment: Readonly<Record<string, string>>;
  readonly service: Serving;
  /** Forgets what the fake API server was asked: the memory that is looked at is the program's. */
  readonly forget: () => void;
  readonly close: () => Promise<void>;
}

export async function aFuzzBed(): Promise<FuzzBed> {
  const { canaries, ...scene } = canaryScene();
  const server: FakeApiServer = await aFakeApiServer({ ...scene, writable: true });
  const environment = { KUBECONFIG: await server.kubeconfig(), K8S_NAMESPACE: 'shop' };
  const flags = ['--heal', '--no-rate-limit-enabled', '--log-level', 'info'];
  const service = await serving(flags, { environment, logBytes: 4_000_000 });
  return {
    canaries,
    environment,
    service,
    forget: () => void (server.requests as unknown[]).splice(0),
    async close() {
      await service.stop();
      await server.close();
    },
  };
}
