import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCanaries } from '../../support/canaries.ts';
import { canaryScene } from '../../support/canary-scene.ts';
import { callsOf, catalogue } from '../../support/catalogue-calls.ts';
import { aFakeApiServer, type FakeApiServer } from '../../support/fake-api-server.ts';
import { program, type Serving, serving } from '../../support/program.ts';
import { secretForms, secretLine } from '../../support/secret-lines.ts';

const { canaries: _planted, ...scene } = canaryScene();
const canaries = createCanaries();
/** The same for a caller: what they say themselves, and what the API server says, in every form. */
const said = secretForms.map((form) => secretLine(form, canaries.at(form)));

let server: FakeApiServer;
let environment: Readonly<Record<string, string>>;
let service: Serving;

beforeAll(async () => {
  server = await aFakeApiServer({ ...scene, writable: true });
  environment = { KUBECONFIG: await server.kubeconfig(), K8S_CACHE_TTL: '0', KUBEMEND_K8S_CACHE_TTL: '0' };
  service = await serving(['--heal', '--log-level', 'debug', '--no-rate-limit-enabled'], { environment });
});

afterAll(async () => {
  await service.stop();
  await server.close();
});

async function posted(path: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<string> {
  const response = await fetch(`${service.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return `${response.status} ${JSON.stringify([...response.headers])} ${await response.text()}`;
}

/** Each of several takes a third, so that together they take all. */
const everyThird = <T>(all: readonly T[], turn: number): readonly T[] =>
  all.filter((_, index) => index % 3 === turn % 3);

const commands: readonly ((text: string) => readonly string[])[] = [
  (text) => ['diagnose', text],
  (text) => ['diagnose', '-n', text],
  (text) => ['diagnose', `--${text}`],
  (text) => ['diagnose', '--from', text],
  (text) => ['logs', text, '--since', text],
  (text) => ['heal', 'scale', text, '--replicas', text],
  (text) => ['heal', 'approve', text],
  (text) => ['snapshot', '-n', text],
  (text) => ['policy', 'check', text],
  (text) => ['audit', 'verify', text],
  (text) => ['serve', '--http', '--oidc-issuers', text],
  (text) => ['serve', '--redis-url', text],
];

const message = (method: string, params: object) => ({
  jsonrpc: '2.0',
  id: 1,
  method,
  params: { ...params, _meta: meta },
});
const meta = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'canary', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
};

describe('what a caller says that holds a secret is not said back', { timeout: 180_000 }, () => {
  it('in the values and names of arguments', async () => {
    const answers = await Promise.all(
      catalogue.flatMap(({ name, input }, turn) =>
        everyThird(said, turn).flatMap((text, index) => {
          const names = Object.keys(input.shape);
          const key = names[index % Math.max(1, names.length)] ?? 'x';
          return [{ [key]: text }, { [text]: 1, [key]: [text] }].map((args) => posted(`/api/v1/tools/${name}`, args));
        }),
      ),
    );

    expect(answers.filter((text) => text.startsWith('400')).length).toBeGreaterThan(500);
    expect(canaries.leaksIn(answers.join('\n'))).toEqual([]);
  });

  it('in names of tools, paths, prompts, resources and headers, and in bodies that are none', async () => {
    const answers = await Promise.all(
      said.flatMap((text) => [
        posted(`/api/v1/tools/${encodeURIComponent(text)}`, {}),
        posted(`/${encodeURIComponent(text)}`, {}),
        posted('/api/v1/tools/diagnose', text),
        posted('/api/v1/tools/diagnose', {}, { authorization: `Bearer ${canaries.at('header')}`, 'x-request-id': 'x' }),
        posted('/mcp', text),
        ...[text, 'x'].flatMap((header) => [
          posted('/mcp', message('tools/call', { name: text, arguments: {} }), modern('tools/call', header)),
          posted('/mcp', message('prompts/get', { name: text }), modern('prompts/get', header)),
          posted('/mcp', message('resources/read', { uri: text }), modern('resources/read', header)),
          posted('/mcp', message(text, {}), modern(header, 'x')),
        ]),
        posted(
          '/mcp',
          message('prompts/get', { name: 'investigate', arguments: { [text]: text } }),
          modern('prompts/get', 'investigate'),
        ),
      ]),
    );

    expect(canaries.leaksIn(answers.join('\n'))).toEqual([]);
  });

  it('in the log', () => {
    expect(service.log()).toContain('validation_error');
    expect(canaries.leaksIn(service.log())).toEqual([]);
  });

  it('on the command line', async () => {
    const argv = commands.flatMap((command, turn) => everyThird(said, turn).map(command));
    const ended: string[] = [];
    for (const words of argv) {
      const { status, out, err } = await program(words, { environment });
      ended.push(`${status} ${out} ${err}`);
    }

    expect(ended.filter((text) => text.startsWith('2')).length).toBeGreaterThan(200);
    expect(canaries.leaksIn(ended.join('\n'))).toEqual([]);
  });
});

const modern = (method: string, name: string) => ({
  'mcp-protocol-version': '2026-07-28',
  'mcp-method': method,
  'mcp-name': name,
});

describe('what the API server says of an error is told without secrets', { timeout: 180_000 }, () => {
  it.each([400, 401, 403, 404, 409, 410, 422, 429, 500, 503])('with status %d', async (status) => {
    const text = `admission webhook "x" denied the request: Deployment "web" is invalid: ${said.join('; ')}`;
    server.on(({ path }) => path.startsWith('/api'), {
      status,
      reason: `password=${canaries.at('reason')}`,
      message: text,
    });
    const deployment = scene.objects.find(({ kind }) => kind === 'Deployment');
    const answers = await Promise.all(
      catalogue.flatMap((tool) =>
        callsOf(tool, deployment === undefined ? [] : [deployment]).map((args) =>
          posted(`/api/v1/tools/${tool.name}`, args),
        ),
      ),
    );
    const { out, err } = await program(['diagnose', '-n', 'shop', '-o', 'json'], { environment });
    const doctor = await program(['doctor', '-n', 'shop'], { environment });

    expect(answers.filter((answer) => answer.startsWith('200')).length).toBeLessThan(answers.length);
    expect(canaries.leaksIn(answers.join('\n'))).toEqual([]);
    expect(canaries.leaksIn([out, err, doctor.out, doctor.err, service.log()].join('\n'))).toEqual([]);
  });
});
