import { inTurn, medianOf, ms, type Row } from '../measure.ts';
import { mcpCall, once, type Request, restCall } from './calls.ts';
import { type Bed, namespace, pods } from './cluster.ts';
import { healthDuring, percentile } from './health.ts';
import { kubemend } from './service.ts';

const runs = 11;
const parallel = 64;

/** 64 callers who want all pods at the same moment, against one direct read; `/health` meanwhile. */
export async function measureReads(bed: Bed): Promise<readonly Row[]> {
  // Nothing is remembered: what is measured is reading.
  const env = { KUBEMEND_K8S_CACHE_TTL: '0', KUBECONFIG: bed.kubeconfig };
  const service = await kubemend(['--no-rate-limit-enabled'], env);
  const args = { kind: 'pods', namespace, limit: pods };
  const health: number[] = [];
  const reading = async (request: Request): Promise<number> => {
    const { times, result } = await healthDuring(service.url, async () => {
      const began = performance.now();
      await Promise.all(Array.from({ length: parallel }, () => once(request)));
      return performance.now() - began;
    });
    health.push(...times);
    return result;
  };
  try {
    const answer = await once(restCall(service.url, 'list_resources', args));
    const rows: unknown = JSON.parse(answer).rows;
    if (!Array.isArray(rows) || rows.length !== pods) throw new Error(`It does not list ${pods} pods.`);
    const byRest = await inTurn(runs, () => reading(restCall(service.url, 'list_resources', args)), bed.readDirectly);
    const byMcp = await inTurn(runs, () => reading(mcpCall(service.url, 'list_resources', args)), bed.readDirectly);
    return [
      ...[byRest, byMcp].map(({ a, b, ratio }, index) => ({
        what: `${parallel} parallel reads of ${pods} pods by ${index === 0 ? 'REST' : 'MCP'}, against one direct read`,
        measured: `${ratio.toFixed(2)}× (${ms(a)} against ${ms(b)})`,
        limit: '4×',
        aim: '400 ms',
      })),
      {
        what: '`/health` meanwhile: p99 (median)',
        measured: `${ms(percentile(health, 0.99))} (${ms(medianOf(health))})`,
        limit: '50 ms',
        aim: '',
      },
    ];
  } finally {
    await service.stop();
  }
}
