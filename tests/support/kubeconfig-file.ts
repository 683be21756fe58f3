import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface KubeconfigContext {
  readonly name: string;
  readonly server: string;
  /** The kubeconfig's `user`, such as `{ token }` or `{ exec }`. */
  readonly user?: object;
  /** More of the kubeconfig's `cluster`, such as `certificate-authority-data`. */
  readonly cluster?: object;
  readonly namespace?: string | undefined;
}

/** Writes a kubeconfig into a new temporary folder and returns its path; the first context is the current one. */
export async function writeKubeconfig(
  contexts: readonly KubeconfigContext[],
  current: string | undefined = contexts[0]?.name,
): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), 'kubemend-test-')), 'kubeconfig');
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: contexts.map(({ name, server, cluster }) => ({ name, cluster: { server, ...cluster } })),
    users: contexts.map(({ name, user = {} }) => ({ name, user })),
    contexts: contexts.map(({ name, namespace }) => ({ name, context: { cluster: name, user: name, namespace } })),
    'current-context': current,
  };
  await writeFile(path, JSON.stringify(config), { mode: 0o600 });
  return path;
}
