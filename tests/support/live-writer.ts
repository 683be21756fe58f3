import type { Precondition } from '../../src/engines/healing/action.ts';
import { preconditionOf } from '../../src/engines/healing/action.ts';
import type { ObjectRef } from '../../src/engines/objects.ts';
import type { ClustersOptions } from '../../src/kubernetes/live/clusters.ts';
import type { Writer } from '../../src/kubernetes/ports.ts';
import type { FakeApiServer } from './fake-api-server.ts';
import { clustersOf } from './live-clusters.ts';

/** The key that actions are signed with in tests. */
export const signingKey = Buffer.alloc(32, 'k');

/** A writer to the fake server. */
export async function writerOf(
  server: FakeApiServer,
  { healing, ...options }: Partial<ClustersOptions> = {},
): Promise<Writer> {
  const clusters = await clustersOf(server, {
    ...options,
    healing: { signingKeys: async () => [signingKey], ...healing },
  });
  const writer = await clusters.writer(undefined);
  if (writer === undefined) throw new Error('no writer');
  return writer;
}

/** The condition of a write to an object as the fake server has it now. */
export function conditionOf(server: FakeApiServer, ref: ObjectRef): Precondition {
  const object = server.stored(ref);
  if (object === undefined) throw new Error(`nothing is stored as ${ref.kind}/${ref.name}`);
  return preconditionOf(object);
}
