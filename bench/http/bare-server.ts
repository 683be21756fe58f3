/** The least server that answers the same: the SDK's handler behind hono, without anything of ours. */
import { createAdaptorServer } from '@hono/node-server';
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server';
import { Hono } from 'hono';
import { echo } from './echo.ts';

const handler = createMcpHandler(() => {
  const server = new McpServer({ name: 'bare', version: '1' });
  server.registerTool(
    echo.name,
    { title: echo.title, description: echo.description, inputSchema: echo.input, outputSchema: echo.output },
    ({ text }) => ({ content: [{ type: 'text', text: String(text) }], structuredContent: { text } }),
  );
  return server;
});
const app = new Hono().all('/mcp', ({ req }) => handler.fetch(req.raw));
const server = createAdaptorServer({ fetch: app.fetch, overrideGlobalObjects: false });
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  process.stderr.write(`${JSON.stringify({ url: `http://127.0.0.1:${port}` })}\n`);
});
