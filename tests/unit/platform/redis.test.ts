import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { openRedis, type SharedRedis } from '../../../src/platform/redis.ts';

const ending: (() => unknown)[] = [];
afterEach(() => {
  for (const end of ending.splice(0)) end();
});

/** A server that says the same to everything, or nothing at all. */
async function saying(answer?: string, connections: unknown[] = []): Promise<number> {
  const server: Server = createServer((socket) => {
    connections.push(socket.remotePort);
    ending.push(() => socket.destroy());
    socket.on('error', () => {});
    socket.on('data', () => answer !== undefined && socket.write(`${answer}\r\n`));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  ending.push(() => server.close());
  return (server.address() as AddressInfo).port;
}

function client(port: number, login = '') {
  const lines: { readonly fields: object; readonly message: string }[] = [];
  const log = (fields: object, message: string) => void lines.push({ fields, message });
  const redis: SharedRedis = openRedis(`redis://${login}127.0.0.1:${port}`, { info: log, warn: log });
  ending.push(() => redis.close());
  return { redis, lines };
}

const pinged = ({ redis }: { redis: SharedRedis }) => redis.ask((connected) => connected.ping());

describe('a Redis that is shared', () => {
  it.each([
    ['WRONGPASS invalid username-password pair', 'Redis does not take the user or the password of REDIS_URL.'],
    ['NOAUTH Authentication required.', 'Redis wants a password, and REDIS_URL has none.'],
    ['LOADING Redis is loading the dataset in memory', 'Redis is still loading its data.'],
    ['MASTERDOWN Link with MASTER is down', 'Redis is a replica that has lost its master.'],
    ['OOM command not allowed', 'Redis has no memory left.'],
    ['TRYAGAIN hunter2 is not looked at', 'Redis does not answer (TRYAGAIN).'],
  ])('that says %s is not there, and never tells a secret', async (said, message) => {
    const asked = client(await saying(`-${said}`), 'mend:hunter2@');
    const error: unknown = await pinged(asked).catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({ code: 'unavailable', message, hint: 'Look at the Redis that REDIS_URL names.' });
    expect((error as Error).cause).toBeUndefined();
    expect(JSON.stringify([asked.lines, error, String(error)])).not.toContain('hunter2');
  });

  it('that takes connections and says nothing is not there, which is known within a second', async () => {
    const began = performance.now();

    await expect(pinged(client(await saying()))).rejects.toMatchObject({ message: 'Redis does not answer in time.' });
    expect(performance.now() - began).toBeLessThan(2_000);
  });

  it('that is down is told once, however often it is asked', async () => {
    const port = await saying();
    for (const end of ending.splice(0)) end();
    const asked = client(port);
    await expect(pinged(asked)).rejects.toMatchObject({ details: { redis: 'ECONNREFUSED' } });
    await expect(pinged(asked)).rejects.toMatchObject({ code: 'unavailable' });

    expect(asked.lines).toEqual([{ fields: { redis: 'ECONNREFUSED' }, message: 'Redis cannot be asked' }]);
  });

  it('is not connected to before it is asked', async () => {
    const connections: unknown[] = [];
    const asked = client(await saying('-ERR', connections));
    expect(connections).toEqual([]);
    await pinged(asked).catch(() => {});

    expect(connections.length).toBeGreaterThan(0);
  });
});
