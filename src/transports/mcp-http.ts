import {
  createMcpHandler,
  isLegacyRequest,
  type McpServerFactory,
  PROTOCOL_VERSION_META_KEY,
} from '@modelcontextprotocol/server';
import * as z from 'zod';
import type { Caller } from '../caller.ts';
import { mapStrings } from '../platform/map-strings.ts';
import { safeText } from '../platform/safe-text.ts';
import { authInfoOf } from './auth-info.ts';
import { maxBodyBytes } from './json-body.ts';
import { createSessions } from './sessions.ts';

export interface McpHttpOptions {
  readonly factory: McpServerFactory;
  readonly maxSessions?: number | undefined;
  /** Where callers are told apart. */
  readonly maxSessionsOfCaller?: number | undefined;
  readonly sessionIdleMs?: number | undefined;
  readonly onError: (error: Error) => void;
}

export interface McpHttp {
  fetch(request: Request, body: unknown, caller: Caller): Promise<Response>;
  /** Ends streams, sessions, and whatever still runs in them. */
  close(): Promise<void>;
}

/** Streamable HTTP for both protocol eras on one URL: stateless since 2026-07-28, with sessions before. */
export function createMcpHttp({
  factory,
  onError,
  maxSessions = 1000,
  maxSessionsOfCaller = maxSessions,
  sessionIdleMs = 1_800_000,
}: McpHttpOptions): McpHttp {
  const modern = createMcpHandler(factory, { legacy: 'reject', maxRequestBodySize: maxBodyBytes, onerror: onError });
  const sessions = createSessions({
    factory,
    max: maxSessions,
    maxOfOwner: maxSessionsOfCaller,
    idleMs: sessionIdleMs,
    onError,
  });
  return {
    async fetch(request, body, caller) {
      const legacy = !modernCall.safeParse(body).success && (await isLegacyRequest(request, body));
      const authInfo = authInfoOf(caller);
      const response = await (legacy
        ? sessions.fetch(request, { body, authInfo, owner: caller.id })
        : modern.fetch(request, { parsedBody: body, authInfo }));
      return response.status < 400 ? response : withoutSecrets(response);
    },
    async close() {
      await Promise.all([sessions.close(), modern.close()]);
    },
  };
}

/** Most requests. The SDK looks at each anyway; to ask it before that costs a call as much again. */
const modernCall = z.object({
  method: z.literal('tools/call'),
  params: z.object({ _meta: z.object({ [PROTOCOL_VERSION_META_KEY]: z.string() }) }),
});

/** The SDK's refusals quote what they refuse. */
async function withoutSecrets(response: Response): Promise<Response> {
  const { status, headers } = response;
  const said = await response.text();
  const safe = headers.get('content-type')?.startsWith('application/json')
    ? JSON.stringify(mapStrings(JSON.parse(said), safeText))
    : safeText(said);
  return new Response(safe, { status, headers });
}
