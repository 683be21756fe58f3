import { Pool } from 'undici';
import { inTurn, medianOf, type Row } from '../measure.ts';
import { mcpCall, once } from './calls.ts';
import { aService, type Service } from './service.ts';

const runs = 11;
const calls = 3000;

/** A stateless call of a tool that does nothing: our whole service against hono and the SDK alone. */
export async function measureOverhead(): Promise<readonly Row[]> {
  const [ours, bare] = [await aService('bench/http/echo-server.ts'), await aService('bench/http/bare-server.ts')];
  try {
    const rows: Row[] = [];
    for (const connections of [1, 16]) {
      const work = { ours: [] as number[], bare: [] as number[] };
      const { a, b, ratio } = await inTurn(
        runs,
        () => timePerCall(ours, connections, work.ours),
        () => timePerCall(bare, connections, work.bare),
      );
      rows.push({
        what: `stateless call, ${connections} in flight, against hono + SDK alone`,
        measured: `${ratio.toFixed(2)}× (${a.toFixed(2)} against ${b.toFixed(2)} ms; work of the server ${medianOf(work.ours).toFixed(2)} against ${medianOf(work.bare).toFixed(2)} ms)`,
        limit: '1.3×',
        aim: '',
      });
    }
    return rows;
  } finally {
    await Promise.all([ours.stop(), bare.stop()]);
  }
}

/** Milliseconds in which a call is answered, so many being in flight; notes what the server works for each. */
async function timePerCall(service: Service, connections: number, work: number[]): Promise<number> {
  const { url, headers, body } = mcpCall(service.url, 'echo', { text: 'hello' });
  await once({ url, headers, body });
  const pool = new Pool(service.url, { connections });
  const before = await service.worked();
  const began = performance.now();
  let left = calls;
  const caller = async (): Promise<void> => {
    while (left-- > 0) {
      const { statusCode, body: answer } = await pool.request({ path: '/mcp', method: 'POST', headers, body });
      await answer.dump();
      if (statusCode !== 200) throw new Error(`${url} answered ${statusCode}.`);
    }
  };
  await Promise.all(Array.from({ length: connections }, caller));
  const took = performance.now() - began;
  work.push(((await service.worked()) - before) / calls);
  await pool.close();
  return took / calls;
}
