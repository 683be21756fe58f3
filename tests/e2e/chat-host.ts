import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Client } from '@modelcontextprotocol/client';
import type { Frame, Page } from 'puppeteer-core';
import { eventually } from './bed.ts';

export interface ChatHost {
  readonly origin: string;
  /** Shows the view beside the result of a call, as a chat client does. */
  show(page: Page, call: Call, theme: 'light' | 'dark'): Promise<Frame>;
  /** What the view called since. */
  readonly calls: readonly Call[];
  close(): Promise<void>;
}
export interface Call {
  readonly name: string;
  readonly arguments: Record<string, unknown>;
}

/**
 * The host's side of MCP Apps (2026-01-26), for a view in a sandboxed frame with the policy that the specification
 * prescribes for one that names no domains.
 */
const page = `<!doctype html><title>host</title><iframe id="view" sandbox="allow-scripts" style="width:100%;border:0"></iframe>
<script>
const frame = document.getElementById('view');
const send = (message) => frame.contentWindow.postMessage({ jsonrpc: '2.0', ...message }, '*');
window.sizes = [];
addEventListener('message', async ({ source, data: { id, method, params } }) => {
  if (source !== frame.contentWindow) return;
  if (method === 'ui/initialize') send({ id, result: {
    protocolVersion: params.protocolVersion, hostInfo: { name: 'host', version: '1' },
    hostCapabilities: { serverTools: {} }, hostContext: { theme: window.shown.theme } } });
  if (method === 'ui/notifications/initialized') {
    send({ method: 'ui/notifications/tool-input', params: { arguments: window.shown.call.arguments } });
    send({ method: 'ui/notifications/tool-result', params: window.shown.result });
  }
  if (method === 'ui/notifications/size-changed') { sizes.push(params); frame.style.height = params.height + 'px'; }
  if (method === 'tools/call') send({ id, ...await window.callTool(params) });
});
</script>`;
const policy =
  "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; connect-src 'none'";

export async function aChatHost(client: Client, uri: string): Promise<ChatHost> {
  const server = createServer((_, response) => response.setHeader('content-type', 'text/html').end(page));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const calls: Call[] = [];
  return {
    origin,
    calls,
    async show(tab, call, theme) {
      const { contents } = await client.readResource({ uri });
      const html = String(contents[0] && 'text' in contents[0] && contents[0].text);
      const result = await client.callTool(call);
      await tab.goto(origin);
      await tab.exposeFunction('callTool', async (asked: Call) => {
        calls.push(asked);
        return client.callTool(asked).then(
          (answer) => ({ result: answer }),
          (error: Error) => ({ error: { code: -32602, message: error.message } }),
        );
      });
      const guarded = html.replace('<head>', `<head><meta http-equiv="Content-Security-Policy" content="${policy}">`);
      const shown = JSON.stringify({ theme, call, result }).replaceAll('<', '\\u003c');
      await tab.evaluate(
        `window.shown = ${shown}; frame.srcdoc = ${JSON.stringify(guarded).replaceAll('<', '\\u003c')}; undefined`,
      );
      return eventually(
        async () => {
          const frame = tab.frames().find((each) => each.parentFrame() !== null && each.url() === 'about:srcdoc');
          if (frame === undefined) throw new Error('The view is not there.');
          return frame;
        },
        { seconds: 10, pause: 50 },
      );
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
