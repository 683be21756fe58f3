import { describe, expect, it } from 'vitest';
import { protocolProblem } from '../../../src/transports/protocol-problem.ts';

describe('protocolProblem', () => {
  it.each([
    [new SyntaxError('Unexpected token p in "password=canary"'), 'not a JSON-RPC message'],
    [new Error('[\n  {\n "code": "invalid_union"'), 'not a JSON-RPC message'],
    [new Error('ReadBuffer exceeded maximum size'), 'ReadBuffer exceeded maximum size'],
    [new Error('x'.repeat(1000)), 'x'.repeat(200)],
    [new Error(`no ${'x'.repeat(180)} password=${'canary'.repeat(9)}`), `no ${'x'.repeat(180)} password=[REDACT`],
  ])('of %s is short and quotes nothing', (error, problem) => {
    expect(protocolProblem(error)).toBe(problem);
  });
});
