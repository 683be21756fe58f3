import { request } from 'undici';

/** One request, again and again. */
export interface Request {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A tool called by REST. */
export const restCall = (url: string, tool: string, args: object): Request => ({
  url: `${url}/api/v1/tools/${tool}`,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(args),
});

const protocol = 'io.modelcontextprotocol';

/** A tool called by MCP as it is since 2026-07-28: no session, all that is needed in one request. */
export const mcpCall = (url: string, tool: string, args: object): Request => ({
  url: `${url}/mcp`,
  headers: {
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    'mcp-protocol-version': '2026-07-28',
    'mcp-method': 'tools/call',
    'mcp-name': tool,
  },
  body: JSON.stringify({
    jsonrpc: '2.0',
    id: 1,
    method: 'tools/call',
    params: {
      name: tool,
      arguments: args,
      _meta: {
        [`${protocol}/protocolVersion`]: '2026-07-28',
        [`${protocol}/clientInfo`]: { name: 'bench', version: '1' },
        [`${protocol}/clientCapabilities`]: {},
      },
    },
  }),
});

/** The answer to one request, which has to be a good one. */
export async function once({ url, headers, body }: Request): Promise<string> {
  const response = await request(url, { method: 'POST', headers, body });
  const text = await response.body.text();
  if (response.statusCode === 200 && !text.includes('"isError":true')) return text;
  throw new Error(`${url}: ${response.statusCode} ${text.slice(0, 300)}`);
}
