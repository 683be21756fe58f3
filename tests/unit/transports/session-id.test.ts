import { describe, expect, it } from 'vitest';
import { openingOf, sessionIdOf } from '../../../src/transports/session-id.ts';

const opening = (name = 'assistant') => ({
  jsonrpc: '2.0' as const,
  id: 7,
  method: 'initialize' as const,
  params: { protocolVersion: '2025-11-25', capabilities: { elicitation: {} }, clientInfo: { name, version: '1' } },
});

describe('the name of a session', () => {
  it('says how it was opened', () => {
    expect(openingOf(sessionIdOf(opening(), 'jane'), 'jane')).toMatchObject({
      method: 'initialize',
      params: opening().params,
    });
  });

  it('says so to nobody else', () => {
    expect(openingOf(sessionIdOf(opening(), 'jane'), 'joe')).toBeUndefined();
  });

  it('is another one each time', () => {
    expect(sessionIdOf(opening(), 'jane')).not.toBe(sessionIdOf(opening(), 'jane'));
  });

  it('is one for a header: visible ASCII, and short', () => {
    const id = sessionIdOf(opening('Ünsichtbar\u0000 😀'), 'jane');

    expect(id).toMatch(/^[\x21-\x7e]{1,500}$/);
    expect(openingOf(id, 'jane')?.params.clientInfo.name).toBe('Ünsichtbar\u0000 😀');
  });

  it('says nothing of a client that says too much of itself', () => {
    const id = sessionIdOf(opening('x'.repeat(3000)), 'jane');

    expect(id).toMatch(/^[\w-]{36}$/);
    expect(openingOf(id, 'jane')).toBeUndefined();
  });

  it.each(['', '.', '..', '...', 'x', '{}', 'a.b.c', 'é'.repeat(10_000)])('is not %j', (id) => {
    expect(openingOf(id, 'jane')).toBeUndefined();
  });
});
