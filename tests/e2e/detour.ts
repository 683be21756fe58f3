import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { aFaultProxy, type FaultProxy } from '../support/fault-proxy.ts';
import { kubeconfig } from './bed.ts';

export interface Detour {
  readonly proxy: FaultProxy;
  /** The cluster's own, but for the way, which leads through the proxy. */
  readonly kubeconfig: string;
}

/** A way to the cluster's API server that can be made bad. */
export async function aDetour(): Promise<Detour> {
  const own = await readFile(await kubeconfig(), 'utf8');
  const [, server = ''] = /server: "?(https?:[^\s",}]+)/.exec(own) ?? [];
  const proxy = await aFaultProxy(Number(new URL(server).port));
  const file = join(await mkdtemp(join(tmpdir(), 'kubemend-detour-')), 'kubeconfig');
  await writeFile(file, own.replace(server, `https://127.0.0.1:${proxy.port}`), { mode: 0o600 });
  return { proxy, kubeconfig: file };
}
