import { afterEach, describe, expect, it } from 'vitest';
import { createConnector } from '../../../src/kubernetes/live/connection.ts';
import { aFakeApiServer, closeServers, type FakeApiServer } from '../../support/fake-api-server.ts';

const signal = new AbortController().signal;
const servers: FakeApiServer[] = [];

afterEach(async () => {
  await closeServers(servers.splice(0));
});

async function connecting() {
  const server = await aFakeApiServer();
  servers.push(server);
  const credentials = { server: server.url, headers: {}, tls: {} };
  const connector = createConnector(async () => credentials, { connectMs: 2_000, headersMs: 2_000 });
  const ask = async (): Promise<void> => {
    const { dispatcher } = await connector.connect(signal);
    const { body } = await dispatcher.request({ origin: server.url, path: '/version', method: 'GET' });
    await body.dump();
  };
  return { connector, ask };
}

describe('whoever waits for a connection', () => {
  it('is told once, also when there was one before', async () => {
    const { connector, ask } = await connecting();
    const told: string[] = [];

    connector.onceConnected(() => told.push('early'));
    await ask();
    await ask();
    connector.onceConnected(() => told.push('late'));
    await new Promise((resolve) => setImmediate(resolve));
    await connector.close();

    expect(told).toEqual(['early', 'late']);
  });

  it('is not told any more once it has given up', async () => {
    const { connector, ask } = await connecting();
    const told: string[] = [];

    connector.onceConnected(() => told.push('given up'))();
    await ask();
    await connector.close();

    expect(told).toEqual([]);
  });
});
