import { describe, expect, it } from 'vitest';
import { createOpenRequests } from '../../../src/transports/open-requests.ts';

const aRequest = (id: string | number) => ({ jsonrpc: '2.0', id, method: 'tools/call' });
const cancelled = (requestId: number) => ({ method: 'notifications/cancelled', params: { requestId } });

describe('requests without an answer', () => {
  it('keep their ids for themselves until they are answered', () => {
    const requests = createOpenRequests();

    expect(requests.open(aRequest(1))).toBeDefined();
    expect(requests.open(aRequest(1))).toBeUndefined();
    expect(requests.open(aRequest('1'))).toBeDefined();
    requests.answered({ jsonrpc: '2.0', id: 1, result: {} });
    expect(requests.open(aRequest(1))).toBeDefined();
  });

  it('have ids of their own in a batch, or none of it is taken', () => {
    const requests = createOpenRequests();

    expect(requests.open([aRequest(1), aRequest(2), aRequest(1)])).toBeUndefined();
    expect(requests.open([aRequest(1), { jsonrpc: '2.0', method: 'notifications/initialized' }])).toBeDefined();
  });

  it('are over when they are cancelled, or refused', () => {
    const requests = createOpenRequests();
    requests.open(aRequest(1));
    requests.open(cancelled(1));
    const refused = requests.open(aRequest(1));
    refused?.forget();

    expect(requests.open(aRequest(1))).toBeDefined();
  });

  it('are not what the server asks its client with the same id', () => {
    const requests = createOpenRequests();
    requests.open(aRequest(1));
    requests.answered({ jsonrpc: '2.0', id: 1, method: 'elicitation/create', params: {} });

    expect(requests.open(aRequest(1))).toBeUndefined();
  });

  it.each([undefined, null, 5, 'x', [], [null], { id: 1 }, { method: 5, id: 1 }])('are not in %j', (body) => {
    expect(createOpenRequests().open(body)).toBeDefined();
  });
});
