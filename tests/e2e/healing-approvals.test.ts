import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apply, aService, kubeconfig, kubectl, type Service } from './bed.ts';
import { aHealer, type Healer, healersOf, objectOf, specOf } from './healer.ts';
import { aWorkload } from './workloads.ts';

const healers = healersOf('ask');
let healer: Healer;
let namespace: string;
let service: Service;

beforeAll(async () => {
  healer = await healers.in('heal');
  ({ namespace } = healer);
  await apply(namespace, aWorkload('web'));
  await kubectl('rollout', 'status', 'deployment/web', '-n', namespace, '--timeout=60s');
  service = await aService(['--heal'], healer.env);
});

afterAll(async () => {
  await service.stop();
  await healers.end();
});

const generation = async () => (await objectOf('deployment/web', namespace)).metadata.generation;

type Answer =
  | { readonly action: 'accept'; readonly content: { readonly apply: boolean } }
  | { readonly action: 'decline' };
const yes: Answer = { action: 'accept', content: { apply: true } };

/** A client behind which a person answers so; without an answer, one that cannot ask anybody. */
async function connected(era: 'modern' | 'legacy', face: 'stdio' | 'http', answer?: Answer) {
  const asked: string[] = [];
  const client = new Client(
    { name: 'e2e', version: '1' },
    {
      ...(era === 'modern' && { versionNegotiation: { mode: 'auto' } }),
      ...(answer !== undefined && { capabilities: { elicitation: { form: {} } } }),
    },
  );
  if (answer !== undefined) {
    client.setRequestHandler('elicitation/create', (request) => {
      asked.push(request.params.message);
      return answer;
    });
  }
  await client.connect(
    face === 'http'
      ? new StreamableHTTPClientTransport(new URL(`${service.url}/mcp`))
      : new StdioClientTransport({
          command: process.execPath,
          args: ['dist/kubemend.js', 'serve', '--heal'],
          stderr: 'ignore',
          env: { ...(process.env as Record<string, string>), KUBECONFIG: await kubeconfig(), ...healer.env },
        }),
  );
  expect(client.getProtocolEra()).toBe(era);
  return { client, asked };
}

const restart = () => ({ name: 'restart_workload', arguments: { object: 'deployment/web', namespace } });

describe.each([
  ['modern', 'stdio'],
  ['legacy', 'stdio'],
  ['modern', 'http'],
  ['legacy', 'http'],
] as const)('the person behind a %s client over %s', (era, face) => {
  it('sees the plan, says yes, and it is applied once and verified', async () => {
    const before = (await generation()) ?? 0;
    const { client, asked } = await connected(era, face, yes);

    const { structuredContent } = await client.callTool(restart());

    expect(asked).toEqual([expect.stringContaining(`Restart Deployment/web in ${namespace}  (planned)`)]);
    expect(structuredContent).toMatchObject({ success: true, state: 'healthy', approved_by: 'mcp-client' });
    expect(await generation()).toBe(before + 1);
    await client.close();
  });

  it('says no, or cannot be asked, and nothing changes', async () => {
    const before = await generation();
    const declining = await connected(era, face, { action: 'decline' });
    const alone = await connected(era, face);

    const declined = await declining.client.callTool(restart());
    const unasked = await alone.client.callTool(restart());

    expect(declined.structuredContent).toMatchObject({ success: true, state: 'declined' });
    expect(unasked.structuredContent).toMatchObject({
      success: false,
      error_type: 'approval_required',
      hint: expect.stringMatching(/kubemend heal approve [0-9a-z]{26}/),
    });
    expect(await generation()).toBe(before);
    await Promise.all([declining.client.close(), alone.client.close()]);
  });
});

interface Answered {
  readonly error_type?: string;
  readonly details: { readonly action_id: string };
}

async function post(tool: string, input: object): Promise<{ status: number; body: Answered }> {
  const response = await fetch(`${service.url}/api/v1/tools/${tool}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(input),
  });
  return { status: response.status, body: (await response.json()) as Answered };
}

describe('a plan that was made over REST', () => {
  const planned = async () => {
    const { status, body } = await post('scale_workload', { object: 'deployment/web', namespace, replicas: 3 });
    expect([status, body.error_type]).toEqual([428, 'approval_required']);
    return { id: body.details.action_id, text: '', place: ['-n', namespace] };
  };

  it('is approved at a terminal, once', async () => {
    const before = await specOf('deployment/web', namespace);
    const plan = await planned();

    const [first, second] = [await healer.approve(plan), await healer.approve(plan)];

    expect([first.status, first.stdout]).toEqual([0, expect.stringContaining('healthy: verified')]);
    expect([second.status, second.stdout, second.stderr]).toEqual([
      2,
      '',
      expect.stringContaining(`The plan ${plan.id} was used already: it is healthy.`),
    ]);
    expect(await specOf('deployment/web', namespace)).toEqual({ ...before, replicas: 3 });
    await healer.undo(plan);
    expect(await specOf('deployment/web', namespace)).toEqual(before);
    expect((await healer.approve(plan)).stderr).toContain('it is undone');
  });

  it('is applied by one of several that approve it at the same time', async () => {
    const before = (await generation()) ?? 0;
    const plan = await planned();

    const ended = await Promise.all([1, 2, 3, 4].map(() => healer.approve(plan)));

    expect(ended.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([0, 2, 2, 2]);
    expect(await generation()).toBe(before + 1);
    await healer.undo(plan);
  });

  it('is no plan for somebody who did not sign it, nor under another id', async () => {
    const plan = await planned();
    const before = await generation();
    const stranger = aHealer(namespace);

    const foreign = await stranger.approve(plan);
    const forged = await healer.approve({ ...plan, id: plan.id.replace(/./, (first) => (first === '0' ? '1' : '0')) });

    expect([foreign.status, foreign.stderr]).toEqual([2, expect.stringContaining('There is no such action')]);
    expect([forged.status, forged.stderr]).toEqual([2, expect.stringContaining('There is no such action')]);
    expect(await generation()).toBe(before);
  });

  it('is not believed once somebody has rewritten its record', async () => {
    const plan = await planned();
    const before = await generation();
    const leases = await kubectl('get', 'leases', '-n', namespace, '-o', 'name');
    const lease = leases.split('\n').find((name) => name.includes(plan.id)) ?? '';
    const record = await kubectl('get', lease, '-n', namespace, '-o', 'json');
    const rewritten = record.replaceAll('\\"replicas\\":3', '\\"replicas\\":9');
    expect(rewritten).not.toBe(record);
    await apply(namespace, rewritten);

    const { status, stderr } = await healer.approve(plan);

    expect([status, stderr]).toEqual([2, expect.stringContaining('There is no such action')]);
    expect(await generation()).toBe(before);
  });
});

describe('without --heal', () => {
  it('nothing that changes anything is offered', async () => {
    const reading = await aService([], healer.env);
    const listed = await (await fetch(`${reading.url}/api/v1/tools`)).text();
    await reading.stop();

    expect(listed).toContain('diagnose');
    expect(listed).not.toMatch(/_workload|set_image|evict_pod|_node|undo_action/);
  });
});
