/** Ways between this process and the network of the cluster, which is another: sockets of the file system lead through. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { script } from './bed.ts';

export interface Passage {
  /** At which it listens. */
  readonly port: number;
  close(): Promise<void>;
}

interface Address {
  readonly host: string;
  readonly port: number;
}

/** A port of loopback that leads to an address of the cluster: of a pod, of a Service. */
export const intoCluster = (to: Address): Promise<Passage> =>
  passage({ from: { host: '127.0.0.1', port: 0 }, to, far: 'to' });

/** An address of the node that leads to a port of loopback here. */
export const outOfCluster = (from: Address, port: number): Promise<Passage> =>
  passage({ from, to: { host: '127.0.0.1', port }, far: 'from' });

interface Course {
  readonly from: Address;
  readonly to: Address;
  /** Which of both is in the network of the cluster. */
  readonly far: 'from' | 'to';
}

async function passage({ from, to, far }: Course): Promise<Passage> {
  const folder = await mkdtemp(join(tmpdir(), 'kubemend-e2e-'));
  const socket = { path: join(folder, 'socket') };
  const inner = await anEnd(socket, to, far === 'to');
  const outer = await anEnd(from, socket, far === 'from');
  return {
    port: outer.port,
    async close() {
      for (const { child } of [outer, inner]) if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function anEnd(listen: object, to: object, far: boolean): Promise<{ child: ChildProcess; port: number }> {
  const end = [process.execPath, 'tests/e2e/passage-end.ts', JSON.stringify(listen), JSON.stringify(to)] as const;
  const [command, ...args] = far ? ([script, 'exec', '--', ...end] as const) : end;
  // In a group of its own, since a script may stand before it.
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'], detached: true });
  const ended = once(child, 'exit').then(([status]) => {
    throw new Error(`The passage ended: ${status}`);
  });
  const [said] = (await Promise.race([once(child.stdout, 'data'), ended])) as [Buffer];
  ended.catch(() => {
    // It was closed.
  });
  const address = JSON.parse(said.toString()) as AddressInfo | string;
  return { child, port: typeof address === 'string' ? 0 : address.port };
}
