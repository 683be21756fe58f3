import type { ElicitResult } from '@modelcontextprotocol/client';
import { afterEach, describe, expect, it } from 'vitest';
import { createAuthentication } from '../../../src/transports/authentication.ts';
import { anAudit } from '../../support/audits.ts';
import { anObject } from '../../support/builders.ts';
import type { FakeApiServer } from '../../support/fake-api-server.ts';
import { aLiveDeployment } from '../../support/healing.ts';
import { aBed, aProcess, recordOf, writesOf } from '../../support/healing-bed.ts';
import { signingKey } from '../../support/live-writer.ts';
import { bearer, namedCallers } from '../../support/named-callers.ts';
import { aNode } from '../../support/nodes.ts';
import { type AppFixture, aClient, anApp, aPost, type Person } from '../transports/http-fixture.ts';

const open: { close(): Promise<void> }[] = [];
const servers: FakeApiServer[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((opened) => opened.close()));
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

const args = { object: 'deployment/web' };
const restart = { name: 'restart_workload', arguments: args };

/** @param tells Whether callers are told apart, by their tokens. */
async function serving({ tells = false } = {}) {
  const around = [anObject('Namespace', 'shop'), anObject('Namespace', 'default'), aNode('node-1'), aNode('node-2')];
  const bed = await aBed([...around, ...aLiveDeployment().all]);
  servers.push(bed.server);
  const audited: object[] = [];
  const { pipeline, clusters } = await aProcess(bed, { audit: anAudit((facts) => audited.push(facts)) });
  const authentication = tells
    ? createAuthentication({ authenticator: namedCallers, metrics: { authFailure() {} } })
    : undefined;
  const app = anApp({ pipeline, clusters, authentication, approvalKey: async () => signingKey });
  open.push(app);
  return { bed, app, audited };
}

/** Answers so, and remembers what it was asked. */
function aPerson(answer: ElicitResult) {
  const asked: string[] = [];
  const person: Person = (message) => {
    asked.push(message);
    return answer;
  };
  return { asked, person };
}

describe.each(['modern', 'legacy'] as const)('the person behind a %s client', { timeout: 60_000 }, (era) => {
  it('is shown the whole plan, and with a yes it is applied and verified', async () => {
    const { bed, app } = await serving();
    const { asked, person } = aPerson({ action: 'accept', content: { apply: true } });
    const result = await (await aClient(app, era, person)).callTool(restart);

    expect(asked).toHaveLength(1);
    expect(asked[0]).toContain('Nothing has changed yet. The plan:');
    expect(asked[0]).toContain('way back');
    expect(result.structuredContent).toMatchObject({ success: true, state: 'healthy', approved_by: 'mcp-client' });
    expect(writesOf(bed)).toEqual(['PATCH deployments/web']);
  });

  it.each<[string, ElicitResult]>([
    ['leaves the box empty', { action: 'accept', content: { apply: false } }],
    ['declines', { action: 'decline' }],
    ['cancels', { action: 'cancel' }],
  ])('who %s changes nothing, and ends the plan', async (_, answer) => {
    const { bed, app } = await serving();
    const result = await (await aClient(app, era, aPerson(answer).person)).callTool(restart);

    expect(result.structuredContent).toMatchObject({ success: true, state: 'declined' });
    expect(writesOf(bed)).toEqual([]);
  });

  it('cannot be asked without elicitation: the plan comes back, with how to approve it', async () => {
    const { bed, app } = await serving();
    const result = await (await aClient(app, era)).callTool(restart);

    expect(result).toMatchObject({
      isError: true,
      structuredContent: { error_type: 'approval_required', hint: expect.stringContaining('kubemend heal approve') },
    });
    expect(writesOf(bed)).toEqual([]);
  });

  it('is not asked for what a guard refuses', async () => {
    const { app } = await serving();
    const { asked, person } = aPerson({ action: 'accept', content: { apply: true } });
    const call = { name: 'scale_workload', arguments: { ...args, replicas: 500 } };
    const result = await (await aClient(app, era, person)).callTool(call);

    expect(result.structuredContent).toMatchObject({ success: false, error_type: 'refused' });
    expect(asked).toEqual([]);
  });
});

const protocol = 'io.modelcontextprotocol';
const envelope = {
  [`${protocol}/protocolVersion`]: '2026-07-28',
  [`${protocol}/clientInfo`]: { name: 't', version: '1' },
  [`${protocol}/clientCapabilities`]: { elicitation: { form: {} } },
};

/** One round of a modern client, as it is on the wire. */
async function round(app: AppFixture, params: object, more: Readonly<Record<string, string>> = {}) {
  const body = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { _meta: envelope, ...params } };
  const headers = {
    'mcp-protocol-version': '2026-07-28',
    'mcp-method': 'tools/call',
    'mcp-name': restart.name,
    ...more,
  };
  const response = await app.fetch('/mcp', aPost(body, headers));
  const text = await response.text();
  const line = text.split('\n').find((each) => each.startsWith('data:'));
  return JSON.parse(line?.slice(5) ?? text) as { result?: Record<string, unknown>; error?: { message: string } };
}
const yes = { approve: { action: 'accept', content: { apply: true } } };

describe('the second round of a modern client', { timeout: 60_000 }, () => {
  async function asked() {
    const made = await serving();
    const { result } = await round(made.app, restart);
    return { ...made, requestState: String(result?.['requestState']), first: result };
  }

  it('applies the plan that the first one showed', async () => {
    const { app, bed, requestState, first } = await asked();
    const { result } = await round(app, { ...restart, requestState, inputResponses: yes });

    expect(first).toMatchObject({ resultType: 'input_required' });
    expect(result).toMatchObject({ structuredContent: { state: 'healthy' } });
    expect(writesOf(bed)).toHaveLength(1);
  });

  it('is refused the second time', async () => {
    const { app, bed, requestState } = await asked();
    await round(app, { ...restart, requestState, inputResponses: yes });
    const { result } = await round(app, { ...restart, requestState, inputResponses: yes });

    expect(result).toMatchObject({ structuredContent: { error_type: 'refused', details: { rules: ['G3'] } } });
    expect(writesOf(bed)).toHaveLength(1);
  });

  it('is refused with state that was tampered with, or that somebody else signed, and written down', async () => {
    const { app, bed, audited, requestState } = await asked();
    audited.length = 0;
    const other = requestState.slice(0, -4) + (requestState.endsWith('AAAA') ? 'BBBB' : 'AAAA');
    const tampered = await round(app, { ...restart, requestState: other, inputResponses: yes });
    const madeUp = await round(app, { ...restart, requestState: 'e30.e30', inputResponses: yes });

    expect(tampered.error ?? tampered.result).not.toMatchObject({ structuredContent: { success: true } });
    expect(tampered.error?.message).toBeDefined();
    expect(madeUp.error?.message).toBeDefined();
    expect(audited).toMatchObject([
      { tool: 'restart_workload', access: 'write', outcome: 'refused' },
      { tool: 'restart_workload', access: 'write', outcome: 'refused' },
    ]);
    expect(writesOf(bed)).toEqual([]);
  });

  it('is refused with the state of another person, and written down', async () => {
    const { app, bed, audited } = await serving({ tells: true });
    const { result } = await round(app, restart, bearer('jane-heal'));
    const requestState = String(result?.['requestState']);
    audited.length = 0;
    const stolen = await round(app, { ...restart, requestState, inputResponses: yes }, bearer('joe-heal'));

    expect(stolen.error?.message).toBe('Invalid or expired requestState');
    expect(audited).toMatchObject([{ user: 'joe', tool: 'restart_workload', outcome: 'refused' }]);
    expect(writesOf(bed)).toEqual([]);
  });

  it('is refused with other arguments', async () => {
    const { app, bed, requestState } = await asked();
    const others = { name: restart.name, arguments: { object: 'deployment/other' }, requestState, inputResponses: yes };

    expect((await round(app, others)).result).toMatchObject({ structuredContent: { error_type: 'refused' } });
    expect(writesOf(bed)).toEqual([]);
  });

  it('without the state of a first one is a first one: an answer alone approves nothing', async () => {
    const { app, bed } = await serving();

    expect((await round(app, { ...restart, inputResponses: yes })).result).toMatchObject({
      resultType: 'input_required',
    });
    expect(writesOf(bed)).toEqual([]);
  });

  it('after ten minutes is refused as expired', async () => {
    const { app, bed, requestState } = await asked();
    bed.clock.ms += 601_000;
    const { result } = await round(app, { ...restart, requestState, inputResponses: yes });

    expect(result).toMatchObject({
      structuredContent: { error_type: 'refused', error: expect.stringContaining('expired') },
    });
    expect(writesOf(bed)).toEqual([]);
  });
});

describe('REST', { timeout: 60_000 }, () => {
  it('answers 428 with the plan, which another face approves', async () => {
    const { app, bed } = await serving();
    const response = await app.fetch('/api/v1/tools/restart_workload', aPost(args));
    const body = (await response.json()) as { details: { action_id: string } };

    expect([response.status, body]).toMatchObject([
      428,
      { error_type: 'approval_required', details: { state: 'planned' } },
    ]);
    expect(recordOf(bed, body.details.action_id).state).toBe('planned');
    expect(writesOf(bed)).toEqual([]);
  });
});
