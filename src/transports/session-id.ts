import { hash, randomUUID } from 'node:crypto';
import { type InitializeRequest, isInitializeRequest } from '@modelcontextprotocol/server';

/** Of what a client says of itself, as JSON. A head of HTTP holds 16 KiB. */
const longestParams = 3000;

/**
 * Names a session of `owner`, and says how it was opened, so that any replica can go on with it. Not signed: whoever makes
 * one up has a session of their own, as with `initialize`; that of another owner does not fit.
 */
export function sessionIdOf({ params }: InitializeRequest, owner: string): string {
  const id = randomUUID();
  const said = JSON.stringify(params);
  if (said.length > longestParams) return id;
  const opening = Buffer.from(said).toString('base64url');
  return [id, opening, sealOf(id, opening, owner)].join('.');
}

/** The request that opened a session of `owner`; `undefined` where the name does not say, or is somebody else's. */
export function openingOf(sessionId: string, owner: string): InitializeRequest | undefined {
  const [id = '', opening = '', seal, ...more] = sessionId.split('.');
  if (more.length > 0 || seal !== sealOf(id, opening, owner)) return undefined;
  const request = { jsonrpc: '2.0', id: 0, method: 'initialize', params: parsed(opening) };
  return isInitializeRequest(request) ? request : undefined;
}

const sealOf = (id: string, opening: string, owner: string): string =>
  hash('sha256', [id, opening, owner].join('.'), 'base64url');

function parsed(opening: string): unknown {
  try {
    return JSON.parse(Buffer.from(opening, 'base64url').toString());
  } catch {
    return undefined;
  }
}
