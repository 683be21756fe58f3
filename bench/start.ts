import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { inTurn, medianOf, ms, type Row } from './measure.ts';

const runs = 11;
const initialize = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'bench', version: '1' } },
};

/** Spawn → `initialize` answered over stdio, against a Node that does nothing; memory after `tools/list`. */
export async function measureStart(): Promise<readonly Row[]> {
  const peaks: number[] = [];
  const start = await inTurn(
    runs,
    async () => {
      const { answered, peak } = await session();
      peaks.push(peak);
      return answered;
    },
    bareNode,
  );
  return [
    {
      what: 'spawn → `initialize` answered, against `node -e 0`',
      measured: `${start.ratio.toFixed(2)}× (${ms(start.a)} against ${ms(start.b)})`,
      limit: '2.5×',
      aim: '2×',
    },
    {
      what: 'peak memory after `tools/list`',
      measured: `${medianOf(peaks).toFixed(0)} MiB`,
      limit: '85 MiB',
      aim: '70 MiB',
    },
  ];
}

/** Milliseconds until a Node that does nothing has ended. */
function bareNode(): Promise<number> {
  const began = performance.now();
  return new Promise((resolve) => {
    spawn(process.execPath, ['-e', '0'], { stdio: 'ignore' }).on('close', () => resolve(performance.now() - began));
  });
}

async function session(): Promise<{ answered: number; peak: number }> {
  const began = performance.now();
  const server = spawn(process.execPath, ['dist/kubemend.js', 'serve'], { stdio: ['pipe', 'pipe', 'ignore'] });
  const lines = createInterface({ input: server.stdout })[Symbol.asyncIterator]();
  const send = (message: object): unknown => server.stdin.write(`${JSON.stringify(message)}\n`);
  send(initialize);
  await lines.next();
  const answered = performance.now() - began;
  send({ jsonrpc: '2.0', method: 'notifications/initialized' });
  send({ jsonrpc: '2.0', id: 2, method: 'tools/list' });
  await lines.next();
  const peak = await peakMemory(server.pid ?? 0);
  server.kill();
  return { answered, peak };
}

/** MiB: the high-water mark of resident memory (Linux). */
async function peakMemory(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) / 1024;
}
