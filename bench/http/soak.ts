import { setTimeout as sleep } from 'node:timers/promises';
import autocannon from 'autocannon';
import type { Row } from '../measure.ts';
import { mixed } from './mixed.ts';
import { kubemend, type Service } from './service.ts';

const seconds = Number(process.env['SECONDS'] ?? 180);
const connections = 8;
const samples = 20;
/** In which a collection ends. */
const settleMs = 300;

/** An hour's worth of mixed calls in minutes: whether the memory that is in use grows. */
export async function measureSoak(): Promise<readonly Row[]> {
  const service = await kubemend(['--no-rate-limit-enabled', '--demo']);
  try {
    const { url } = service;
    const requests = mixed(url).map(({ url: target, headers, body }) => ({
      method: 'POST' as const,
      path: new URL(target).pathname,
      headers: { ...headers },
      body,
    }));
    const [result, heaps] = await Promise.all([
      autocannon({ url, connections, duration: seconds, requests }),
      sample(service),
    ]);
    // First is loaded what is loaded late, and compiled, and caches fill.
    const settled = heaps.slice(samples / 4);
    const calls = result.requests.total;
    const grown = slopeOf(settled) * settled.length;
    return [
      {
        what: `memory in use over ${calls} mixed calls in ${seconds} s: growth in the last three quarters`,
        measured: `${grown.toFixed(1)} MiB of ${(settled.at(-1) ?? Number.NaN).toFixed(0)} (resident ${(await service.memory()).toFixed(0)} MiB), ${result.errors} failed`,
        limit: '≈ 0',
        aim: '',
      },
    ];
  } finally {
    await service.stop();
  }
}

/**
 * How much of the old generation is in use after a collection, in MiB, at regular moments until the load has ended: what a
 * collection leaves is there, and what calls have made since is not.
 */
async function sample({ metrics, collect }: Service): Promise<readonly number[]> {
  const heaps: number[] = [];
  for (let taken = 0; taken < samples; taken++) {
    await sleep((seconds * 1000) / samples - settleMs);
    collect();
    await sleep(settleMs);
    const text = await (await fetch(`${metrics}/metrics`)).text();
    heaps.push(Number(/^nodejs_heap_space_size_used_bytes\{space="old"[^}]*\} (\S+)$/m.exec(text)?.[1]) / 2 ** 20);
  }
  return heaps;
}

/** By least squares, per sample. */
function slopeOf(values: readonly number[]): number {
  const middle = (values.length - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const rise = values.reduce((sum, value, index) => sum + (index - middle) * (value - mean), 0);
  const run = values.reduce((sum, _, index) => sum + (index - middle) ** 2, 0);
  return rise / run;
}
