import { ms, type Row } from '../measure.ts';
import { load, once, restCall } from './calls.ts';
import { service as asked, type Bed } from './cluster.ts';
import { kubemend } from './service.ts';

const perSecond = 1000;
const seconds = 20;

/** A steady rate of a read whose lists are remembered. */
export async function measureRate(bed: Bed): Promise<readonly Row[]> {
  const service = await kubemend(['--no-rate-limit-enabled'], { KUBECONFIG: bed.kubeconfig });
  try {
    const request = restCall(service.url, 'trace_route', { to: `service/${asked}`, namespace: 'default' });
    await once(request);
    await load(request, { connections: 32, seconds: 3, rate: perSecond });
    const before = await service.worked();
    const {
      perSecond: reached,
      p50,
      p99,
      good,
      bad,
    } = await load(request, { connections: 32, seconds, rate: perSecond });
    const each = ((await service.worked()) - before) / good;
    return [
      {
        what: `${perSecond} calls/s of a cached read for ${seconds} s: p99 (median)`,
        measured: `${ms(p99)} (${ms(p50)}) at ${reached.toFixed(0)} calls/s, ${bad} failed, ${each.toFixed(2)} ms of work each`,
        limit: '50 ms',
        aim: '',
      },
    ];
  } finally {
    await service.stop();
  }
}
