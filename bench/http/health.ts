import { once } from 'node:events';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { Agent, request } from 'undici';
import * as z from 'zod';

const pauseMs = 5;

/** Asks `/health` again and again while something else goes on, from a thread of its own; all times, in ms. */
export async function healthDuring<T>(url: string, work: () => Promise<T>): Promise<{ times: number[]; result: T }> {
  const worker = new Worker(new URL(import.meta.url), { workerData: { url } });
  await once(worker, 'message');
  const result = await work();
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread is not a window
  worker.postMessage('enough');
  const [times] = await once(worker, 'message');
  return { times: z.array(z.number()).parse(times), result };
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

async function ask(url: string, port: NonNullable<typeof parentPort>): Promise<void> {
  const dispatcher = new Agent({ connections: 1 });
  const times: number[] = [];
  const enough = new AbortController();
  port.once('message', () => enough.abort());
  while (!enough.signal.aborted) {
    const began = performance.now();
    const { statusCode, body } = await request(`${url}/health`, { dispatcher });
    await body.dump();
    if (statusCode !== 200) throw new Error(`/health answered ${statusCode}.`);
    times.push(performance.now() - began);
    // The first one is of the connection.
    if (times.length === 1) port.postMessage('asking');
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
  await dispatcher.close();
  port.postMessage(times.slice(1));
}

if (!isMainThread && parentPort !== null) await ask(z.object({ url: z.string() }).parse(workerData).url, parentPort);
