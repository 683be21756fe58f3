import fc from 'fast-check';
import type { FuzzBed } from './bed.ts';
import { anyJson, hostileText, type ToolCall, toolCall } from './values.ts';
import { messagesIn, type Wrong, wrongResult, wrongRpc, wrongText } from './verdicts.ts';

const json = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };

/** Statuses that a call may end with; never 500. */
const fine = new Set([200, 400, 403, 404, 405, 409, 413, 415, 422, 428, 429, 502, 503, 504]);

export async function overRest({ service, canaries }: FuzzBed, { name, args }: ToolCall): Promise<Wrong> {
  const address = `${service.url}/api/v1/tools/${encodeURIComponent(name.toWellFormed())}`;
  const response = await fetch(address, { method: 'POST', headers: json, body: JSON.stringify(args) });
  const text = await response.text();
  if (!fine.has(response.status)) return `status ${response.status}: ${text}`;
  const result: unknown = JSON.parse(text);
  const agrees = (result as { success?: unknown }).success === (response.status === 200);
  return (
    (agrees ? undefined : `status ${response.status} with ${text}`) ?? wrongResult(result) ?? wrongText(text, canaries)
  );
}

export const legacyInitialize = {
  jsonrpc: '2.0',
  id: 0,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'fuzz', version: '1' } },
};

const methods = [
  'tools/call',
  'tools/list',
  'resources/list',
  'resources/read',
  'resources/templates/list',
  'prompts/list',
  'prompts/get',
  'completion/complete',
  'server/discover',
  'ping',
  'logging/setLevel',
  'resources/subscribe',
  'notifications/cancelled',
  'notifications/initialized',
  'tasks/get',
] as const;

export const modernMeta = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'fuzz', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
};

/** What methods other than a call of a tool take, right or nearly. */
const otherParams = fc.oneof(
  fc.record({
    uri: fc.oneof(fc.constantFrom('kubemend://rules', 'kubemend://reports/shop', 'kubemend://actions/x'), hostileText),
  }),
  fc.record({
    name: fc.oneof(fc.constantFrom('investigate', 'postmortem', 'handover'), hostileText),
    arguments: fc.dictionary(fc.oneof(fc.constantFrom('namespace', 'object'), hostileText), hostileText, {
      maxKeys: 3,
    }),
  }),
  fc.record({
    ref: fc.oneof(
      fc.constantFrom(
        { type: 'ref/prompt', name: 'investigate' },
        { type: 'ref/resource', uri: 'kubemend://rules/{rule}' },
      ),
      anyJson,
    ),
    argument: fc.record({ name: fc.constantFrom('namespace', 'object', 'rule', 'x'), value: hostileText }),
    context: fc.constantFrom({ arguments: { namespace: 'shop' } }, {}),
  }),
  anyJson,
);

export interface Message {
  readonly method: string;
  readonly params: unknown;
  readonly id: unknown;
  readonly version: unknown;
}

const identifier = fc.oneof(
  { weight: 8, arbitrary: fc.nat() },
  { weight: 1, arbitrary: hostileText },
  { weight: 1, arbitrary: anyJson },
);

const message: fc.Arbitrary<Message> = fc.record({
  method: fc.oneof({ weight: 8, arbitrary: fc.constantFrom(...methods) }, { weight: 1, arbitrary: hostileText }),
  params: otherParams,
  id: identifier,
  version: fc.oneof({ weight: 9, arbitrary: fc.constant('2.0') }, { weight: 1, arbitrary: anyJson }),
});

const called: fc.Arbitrary<Message> = fc.record({
  method: fc.constant('tools/call'),
  params: toolCall.map(({ name, args }) => ({ name, arguments: args })),
  id: identifier,
  version: fc.constant('2.0'),
});

/** A second one. Its parameters fit: of what does not fit the SDK (2.4) says "internal error" here. */
const again: Message = { method: 'initialize', params: legacyInitialize.params, id: 1, version: '2.0' };

export const anyMessage: fc.Arbitrary<Message> = fc.oneof(
  { weight: 20, arbitrary: called },
  { weight: 10, arbitrary: message },
  { weight: 1, arbitrary: fc.constant(again) },
);

export const bodyOf = ({ method, params, id, version }: Message, meta?: object): object => ({
  jsonrpc: version,
  id,
  method,
  params:
    meta === undefined || typeof params !== 'object' || params === null || Array.isArray(params)
      ? params
      : { ...params, _meta: meta },
});

const plainHeader = (text: unknown): string | undefined =>
  typeof text === 'string' && /^[!-~]{1,100}$/.test(text) ? text : undefined;

/** Of a client of 2026-07-28; headers agree with the message where they can. */
export async function overModern(bed: FuzzBed, sent: Message): Promise<Wrong> {
  const { name, uri } = (sent.params ?? {}) as { name?: unknown; uri?: unknown };
  const headers = {
    ...json,
    'mcp-protocol-version': '2026-07-28',
    'mcp-method': plainHeader(sent.method) ?? 'x',
    'mcp-name': plainHeader(name) ?? plainHeader(uri) ?? 'x',
  };
  return rpcAnswer(bed, { method: 'POST', headers, body: JSON.stringify(bodyOf(sent, modernMeta)) });
}

async function rpcAnswer({ service, canaries }: FuzzBed, init: RequestInit): Promise<Wrong> {
  const response = await fetch(`${service.url}/mcp`, { ...init, signal: AbortSignal.timeout(30_000) });
  const text = await response.text();
  if (response.status >= 500) return `status ${response.status}: ${text}`;
  const messages = messagesIn(text, response.headers.get('content-type'));
  // An id is given back as it came.
  const rest = JSON.stringify(messages, (key, value: unknown) => (key === 'id' ? undefined : value));
  return messages.map(wrongRpc).find((wrong) => wrong !== undefined) ?? wrongText(rest, canaries);
}

/** Opens a session of the older era. */
export async function openSession({ service }: FuzzBed): Promise<string> {
  const response = await fetch(`${service.url}/mcp`, {
    method: 'POST',
    headers: json,
    body: JSON.stringify(legacyInitialize),
  });
  await response.text();
  return response.headers.get('mcp-session-id') ?? '';
}

/** In a session of the older era: one message, or several in one. */
export const legacyMessages: fc.Arbitrary<readonly Message[]> = fc.oneof(
  { weight: 6, arbitrary: anyMessage.map((each) => [each]) },
  { weight: 1, arbitrary: fc.array(anyMessage, { maxLength: 3 }) },
);

export async function overLegacy(bed: FuzzBed, session: string, messages: readonly Message[]): Promise<Wrong> {
  const bodies = messages.map((each) => bodyOf(each));
  const headers = { ...json, 'mcp-session-id': session, 'mcp-protocol-version': '2025-11-25' };
  return rpcAnswer(bed, { method: 'POST', headers, body: JSON.stringify(bodies.length === 1 ? bodies[0] : bodies) });
}
