import { inTurn, type Row } from '../measure.ts';
import { load, mcpCall, once } from './calls.ts';
import { aService } from './service.ts';

const runs = 7;
const calls = 3000;

/** A stateless call of a tool that does nothing: our whole service against hono and the SDK alone. */
export async function measureOverhead(): Promise<readonly Row[]> {
  const [ours, bare] = [await aService('bench/http/echo-server.ts'), await aService('bench/http/bare-server.ts')];
  try {
    const rows: Row[] = [];
    for (const connections of [1, 16]) {
      const of = async (url: string): Promise<number> => {
        const request = mcpCall(url, 'echo', { text: 'hello' });
        await once(request);
        const { perSecond, bad } = await load(request, { connections, calls });
        if (bad > 0) throw new Error(`${bad} calls failed.`);
        return 1000 / perSecond;
      };
      const { a, b, ratio } = await inTurn(
        runs,
        () => of(ours.url),
        () => of(bare.url),
      );
      rows.push({
        what: `stateless call, ${connections} in flight, against hono + SDK alone`,
        measured: `${ratio.toFixed(2)}× (${(1000 / a).toFixed(0)} against ${(1000 / b).toFixed(0)} calls/s)`,
        limit: '1.3×',
        aim: '',
      });
    }
    return rows;
  } finally {
    await Promise.all([ours.stop(), bare.stop()]);
  }
}
