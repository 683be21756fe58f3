import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioServerTransport } from '@modelcontextprotocol/server/stdio';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KubernetesObject } from '../../../src/engines/objects.ts';
import { canaryScene } from '../../support/canary-scene.ts';
import { callsOf, catalogue } from '../../support/catalogue-calls.ts';
import { aFakeApiServer, type FakeApiServer } from '../../support/fake-api-server.ts';
import { keeping, program, type Serving, serving } from '../../support/program.ts';

const { canaries, ...scene } = canaryScene();
/** One of each kind, the last one of the scene. */
const everyKind: readonly KubernetesObject[] = [
  ...new Map(scene.objects.map((object) => [object.kind, object])).values(),
];
/** Where a tool was asked about every kind by one face, the others need not repeat it. */
const few = everyKind.filter(({ kind }) => ['Deployment', 'Pod', 'Secret'].includes(kind));
const auditFile = join(tmpdir(), `kubemend-canaries-${process.pid}.jsonl`);
const flags = ['--heal', '--log-level', 'debug', '--no-rate-limit-enabled', '--audit-file', auditFile];

let server: FakeApiServer;
let environment: Readonly<Record<string, string>>;
let service: Serving;

beforeAll(async () => {
  server = await aFakeApiServer({ ...scene, writable: true });
  environment = { KUBECONFIG: await server.kubeconfig() };
  service = await serving(flags, { environment });
});

afterAll(async () => {
  await service.stop();
  await server.close();
});

const eras = ['modern', 'legacy'] as const;
const newClient = (era: (typeof eras)[number]) =>
  new Client({ name: 'canary', version: '1' }, era === 'modern' ? { versionNegotiation: { mode: 'auto' } } : {});

async function overHttp(era: (typeof eras)[number]): Promise<Client> {
  const client = newClient(era);
  await client.connect(new StreamableHTTPClientTransport(new URL(`${service.url}/mcp`)));
  return client;
}

/** The program over its own stdio, in this process. */
async function overStdio(era: (typeof eras)[number]) {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), keeping()];
  const ended = program(['serve', ...flags], { environment, stdin, stdout, stderr });
  const client = newClient(era);
  await client.connect(new StdioServerTransport(stdout, stdin));
  const end = async () => {
    await client.close();
    stdin.end();
    await ended;
    return stderr.text();
  };
  return { client, end };
}

/** Every answer of every tool about every object, by tool. */
async function walked(objects: readonly KubernetesObject[], call: (tool: string, args: object) => Promise<string>) {
  const answers = new Map<string, string[]>();
  for (const tool of catalogue)
    for (const args of callsOf(tool, objects))
      answers.set(tool.name, [...(answers.get(tool.name) ?? []), await call(tool.name, args)]);
  return answers;
}

/** Where something shows: the tool, and the places of the canaries. */
const leaks = (answers: ReadonlyMap<string, readonly string[]>) =>
  [...answers].flatMap(([tool, texts]) =>
    texts.flatMap((text) => canaries.leaksIn(text).map((place) => [tool, place])),
  );

/** Tools that never got as far as an answer from the cluster. */
const silent = (answers: ReadonlyMap<string, readonly string[]>) =>
  [...answers]
    .filter(([, texts]) => !texts.some((text) => /"success":true|"approval_required"|"refused"/.test(text)))
    .map(([tool]) => tool);

const rest = async (tool: string, args: object): Promise<string> => {
  const response = await fetch(`${service.url}/api/v1/tools/${tool}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(args),
  });
  return response.text();
};

/** Nothing was done that could be undone. */
const unanswerable = ['undo_action'];

it('canaries are in what the cluster says', () => {
  expect(canaries.leaksIn(JSON.stringify(scene)).toSorted()).toEqual(canaries.places.toSorted());
});

describe('no canary is in a result', { timeout: 180_000 }, () => {
  it('of any tool over REST', async () => {
    const answers = await walked(few, rest);

    expect(leaks(answers)).toEqual([]);
    expect(silent(answers)).toEqual(unanswerable);
  });

  it.each([
    ['modern', everyKind],
    ['legacy', few],
  ] as const)('of any tool over MCP by HTTP, %s', async (era, objects) => {
    const client = await overHttp(era);
    const answers = await walked(objects, async (name, args) =>
      JSON.stringify(await client.callTool({ name, arguments: { ...args } })),
    );
    await client.close();

    expect(leaks(answers)).toEqual([]);
    expect(silent(answers)).toEqual(unanswerable);
  });

  it.each(eras)('of any tool over stdio, %s, nor in the log', async (era) => {
    const { client, end } = await overStdio(era);
    const answers = await walked(few, async (name, args) =>
      JSON.stringify(await client.callTool({ name, arguments: { ...args } })),
    );
    const log = await end();

    expect(leaks(answers)).toEqual([]);
    expect(silent(answers)).toEqual(unanswerable);
    expect(log).toContain('tool call');
    expect(canaries.leaksIn(log)).toEqual([]);
  });
});

describe('no canary is in', { timeout: 180_000 }, () => {
  it.each(eras)('resources, prompts and completions, %s', async (era) => {
    const client = await overHttp(era);
    const [planned = ''] = /[a-z0-9]{26}/.exec(await rest('list_actions', { namespace: 'shop' })) ?? [];
    const read = await Promise.all(
      ['kubemend://rules', 'kubemend://reports/shop', `kubemend://actions/${planned}`].map((uri) =>
        client.readResource({ uri }),
      ),
    );
    const { prompts } = await client.listPrompts();
    const got = await Promise.all(
      prompts.map(({ name }) =>
        client.getPrompt({ name, arguments: { namespace: 'shop', object: 'pod/pulling' } }).catch(String),
      ),
    );
    const ref = { type: 'ref/prompt', name: 'investigate' } as const;
    const completed = await Promise.all(
      ['pod/', 'deployment/', 'service/'].map((value) =>
        client.complete({ ref, argument: { name: 'object', value }, context: { arguments: { namespace: 'shop' } } }),
      ),
    );
    const text = JSON.stringify([read, got, completed, await client.listResources(), await client.listTools()]);
    await client.close();

    expect(text).toContain('Deployment/web');
    expect(text).toContain('pod/pulling');
    expect(canaries.leaksIn(text)).toEqual([]);
  });

  it('the log at DEBUG, the audit and the metrics', async () => {
    await rest('get_resource', { kind: 'pod', name: 'starting', namespace: 'shop' });
    const metrics = await (await fetch(`${service.metrics}/metrics`)).text();
    const audit = await readFile(auditFile, 'utf8');

    expect(service.log()).toContain('"level":"debug"');
    expect(audit).toContain('get_resource');
    expect(metrics).toContain('mcp_tool_calls_total');
    expect(canaries.leaksIn(`${service.log()} ${audit} ${metrics}`)).toEqual([]);
  });
});
