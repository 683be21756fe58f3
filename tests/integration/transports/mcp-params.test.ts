import { describe, expect, it } from 'vitest';
import { anApp, aPost } from './http-fixture.ts';

const meta = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
};

describe('parameters that are none', () => {
  it.each([
    ['resources/read', {}],
    ['resources/list', { cursor: 1 }],
    ['resources/templates/list', { cursor: {} }],
    ['prompts/get', { name: 'investigate', arguments: { namespace: 1 } }],
    ['prompts/list', { cursor: [] }],
    ['completion/complete', { ref: { type: 'ref/other' }, argument: {} }],
    ['tools/list', { cursor: 1 }],
    ['tools/call', { name: 1 }],
  ])('of %s are invalid, not an internal error', async (method, params) => {
    const headers = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': method, 'mcp-name': 'investigate' };
    const body = { jsonrpc: '2.0', id: 1, method, params: { ...params, _meta: meta } };
    const response = await anApp().fetch('/mcp', aPost(body, headers));

    expect(await response.text()).toContain('"code":-32602');
  });
});
