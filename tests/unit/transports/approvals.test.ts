import type { Server, ServerContext } from '@modelcontextprotocol/server';
import { describe, expect, it } from 'vitest';
import { type Caller, localCaller } from '../../../src/caller.ts';
import type { Failure } from '../../../src/outcome.ts';
import { createApprovals } from '../../../src/transports/approvals.ts';
import { authInfoOf } from '../../../src/transports/auth-info.ts';

const key = async () => Buffer.alloc(32, 'k');
const approvals = createApprovals(key);

/** A call of a client with these capabilities, with what came back from a first round. */
const aCall = ({
  state,
  responses,
  envelope,
  method = 'tools/call',
  caller,
}: {
  state?: unknown;
  responses?: object;
  envelope?: unknown;
  method?: string;
  /** Over HTTP; absent: over stdio. */
  caller?: Caller;
} = {}) =>
  ({
    mcpReq: { method, requestState: () => state, inputResponses: responses, envelope },
    ...(caller !== undefined && { http: { authInfo: authInfoOf(caller) } }),
  }) as unknown as ServerContext;
const aServer = (capabilities?: object) => ({ getClientCapabilities: () => capabilities }) as unknown as Server;
const plan = {
  success: false,
  error: 'The plan.',
  error_type: 'approval_required',
  details: { action_id: 'a1' },
} as Failure;

describe('whether a client can ask a person', () => {
  it.each<[object | undefined, boolean]>([
    [undefined, false],
    [{}, false],
    [{ elicitation: {} }, true],
    [{ elicitation: { form: {} } }, true],
    [{ elicitation: { url: {} } }, false],
    [{ elicitation: { url: {}, form: {} } }, true],
    [{ elicitation: 'yes' }, false],
  ])('with %j is %j, in both eras', (capabilities, expected) => {
    const envelope = { 'io.modelcontextprotocol/clientCapabilities': capabilities };

    expect(approvals.canAsk(aCall(), aServer(capabilities))).toBe(expected);
    expect(approvals.canAsk(aCall({ envelope }), aServer(undefined))).toBe(expected);
  });
});

describe('the question', () => {
  it('is the plan, with one box, and state that only we can have made', async () => {
    const asked = (await approvals.ask(plan, aCall())) as unknown as { requestState: string; inputRequests: object };

    expect(asked.inputRequests).toMatchObject({
      approve: {
        method: 'elicitation/create',
        params: { message: 'The plan.', requestedSchema: { required: ['apply'] } },
      },
    });
    await expect(approvals.verify(asked.requestState, aCall())).resolves.toEqual({ actionId: 'a1' });
  });

  it('holds for whoever was asked, and for nobody else', async () => {
    const [jane, joe] = [{ id: 'id#jane' }, { id: 'id#joe' }];
    const { requestState } = (await approvals.ask(plan, aCall({ caller: jane }))) as unknown as {
      requestState: string;
    };

    await expect(approvals.verify(requestState, aCall({ caller: jane }))).resolves.toEqual({ actionId: 'a1' });
    await expect(approvals.verify(requestState, aCall({ caller: joe }))).rejects.toThrow('bind');
    await expect(approvals.verify(requestState, aCall())).rejects.toThrow('bind');
  });

  it('does not hold when it was changed, signed by another key, or asked of another method', async () => {
    const { requestState } = (await approvals.ask(plan, aCall())) as unknown as { requestState: string };
    const others = createApprovals(async () => Buffer.alloc(32, 'x'));

    await expect(approvals.verify(`${requestState.slice(0, -2)}00`, aCall())).rejects.toThrow('mac');
    await expect(others.verify(requestState, aCall())).rejects.toThrow('mac');
    await expect(approvals.verify(requestState, aCall({ method: 'prompts/get' }))).rejects.toThrow('bind');
  });

  it('is asked by all replicas with the same key', async () => {
    const { requestState } = (await approvals.ask(plan, aCall())) as unknown as { requestState: string };

    await expect(createApprovals(key).verify(requestState, aCall())).resolves.toEqual({ actionId: 'a1' });
  });
});

describe('the answer', () => {
  const state = { actionId: 'a1' };
  const answered = (answer: object, given: unknown = state) =>
    approvals.answered(aCall({ state: given, responses: { approve: answer } }), localCaller);

  it('is a yes only when the box is set', () => {
    expect(answered({ action: 'accept', content: { apply: true } })).toEqual({
      actionId: 'a1',
      answer: 'approved',
      by: 'mcp-client',
    });
  });

  it.each([
    { action: 'accept', content: { apply: false } },
    { action: 'accept', content: {} },
    { action: 'accept', content: { apply: 'true' } },
    { action: 'accept', content: { apply: 1 } },
    { action: 'accept' },
    { action: 'decline' },
    { action: 'cancel' },
    { action: 'decline', content: { apply: true } },
  ])('%j is a no', (answer) => {
    expect(answered(answer)).toMatchObject({ answer: 'declined' });
  });

  it('is none without state of ours, or without an answer to our question', () => {
    const yes = { approve: { action: 'accept', content: { apply: true } } };

    expect(approvals.answered(aCall({ responses: yes }), localCaller)).toBeUndefined();
    expect(answered({ action: 'accept', content: { apply: true } }, { actionId: 7 })).toBeUndefined();
    expect(
      approvals.answered(aCall({ state, responses: { other: { action: 'accept' } } }), localCaller),
    ).toBeUndefined();
    expect(approvals.answered(aCall({ state }), localCaller)).toBeUndefined();
  });
});
