import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import { ms, type Row } from '../measure.ts';
import { once, type Request, restCall } from './calls.ts';
import { service as asked, type Bed } from './cluster.ts';
import { percentile } from './health.ts';
import { kubemend } from './service.ts';

const perSecond = 1000;
const seconds = 20;

/** A steady rate of a read that is answered from what is remembered: others wait for `--k8s-qps`. */
export async function measureRate(bed: Bed): Promise<readonly Row[]> {
  const service = await kubemend(['--no-rate-limit-enabled'], { KUBECONFIG: bed.kubeconfig });
  try {
    const request = restCall(service.url, 'trace_route', { to: `service/${asked}`, namespace: 'default' });
    await once(request);
    await steady(request, 3);
    const before = await service.worked();
    const { times, failed } = await steady(request, seconds);
    const each = ((await service.worked()) - before) / times.length;
    return [
      {
        what: `${perSecond} calls/s of a cached read for ${seconds} s: p99 (median)`,
        measured: `${ms(percentile(times, 0.99))} (${ms(percentile(times, 0.5))}), ${failed} of ${times.length} failed, ${each.toFixed(2)} ms of work each`,
        limit: '50 ms',
        aim: '',
      },
    ];
  } finally {
    await service.stop();
  }
}

/**
 * Calls at even distances, whether earlier ones are answered or not; how long each took from the moment at which it was due.
 * autocannon would send all calls of a second at its beginning.
 */
async function steady({ url, headers, body }: Request, forSeconds: number) {
  const { origin, pathname: path } = new URL(url);
  const pool = new Pool(origin, { connections: 32 });
  const times: number[] = [];
  let failed = 0;
  async function call(due: number): Promise<void> {
    const answer = await pool.request({ path, method: 'POST', headers, body });
    await answer.body.dump();
    times.push(performance.now() - due);
    if (answer.statusCode !== 200) failed += 1;
  }

  const began = performance.now();
  const calls: Promise<void>[] = [];
  while (calls.length < forSeconds * perSecond) {
    const dueBy = Math.min(((performance.now() - began) / 1000) * perSecond, forSeconds * perSecond);
    while (calls.length < dueBy) calls.push(call(began + (calls.length / perSecond) * 1000));
    await sleep(1);
  }
  await Promise.all(calls);
  await pool.close();
  return { times, failed };
}
