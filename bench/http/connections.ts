import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { heldConnections } from '../../tests/support/held-connections.ts';
import { medianOf, ms, type Row } from '../measure.ts';
import { healthDuring, percentile } from './health.ts';
import { kubemend } from './service.ts';

const idle = 10_000;
const holdMs = 10_000;

/** Those who only hold connections: one that sends its head a byte a second, and ten thousand that say nothing. */
export async function measureConnections(): Promise<readonly Row[]> {
  const service = await kubemend(['--demo']);
  try {
    const slow = await closedAfter(service.url);
    const { times, result } = await healthDuring(service.url, async () => {
      const held = await heldConnections(service.url, idle);
      const { open } = held;
      await sleep(holdMs);
      held.release();
      return open;
    });
    return [
      { what: 'a head that comes a byte a second: closed after', measured: ms(slow), limit: '6 s', aim: '' },
      {
        what: `\`/health\` while ${idle} idle connections are opened and held: p99 (median)`,
        measured: `${ms(percentile(times, 0.99))} (${ms(medianOf(times))}), ${result} of them held`,
        limit: 'answered',
        aim: '50 ms',
      },
    ];
  } finally {
    await service.stop();
  }
}

/** Milliseconds until the service closes a connection that never ends its head. */
async function closedAfter(url: string): Promise<number> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  const began = performance.now();
  socket.write('POST /mcp HTTP/1.1\r\nHost: localhost\r\nX-Slow: ');
  const sending = setInterval(() => socket.write('x'), 1000);
  socket.resume();
  socket.on('error', () => {});
  await once(socket, 'close');
  clearInterval(sending);
  return performance.now() - began;
}
