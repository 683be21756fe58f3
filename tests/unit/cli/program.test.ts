import { once } from 'node:events';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { type Host, runProgram } from '../../../src/cli/program.ts';

/** A process of our own; what it wrote is there when it has ended. */
async function run(argv: readonly string[], overrides: Partial<Host> & { readonly input?: string } = {}) {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const status = await runProgram({
    argv,
    environment: {},
    dotenv: '',
    stdin: Readable.from([overrides.input ?? '']),
    stdout,
    stderr,
    signal: new AbortController().signal,
    version: '1.2.3',
    nodeVersion: 'v24.0.0',
    demo: '/nowhere/demo',
    assets: '/nowhere/assets',
    ...overrides,
  });
  const [out, err] = await Promise.all([text(stdout.end()), text(stderr.end())]);
  return { status, out, err };
}

const aTerminal = () => Object.assign(Readable.from([]), { isTTY: true });
const initialize = `${JSON.stringify({
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 't', version: '1' } },
})}\n`;
const listTools = `${JSON.stringify({ jsonrpc: '2.0', id: 2, method: 'tools/list' })}\n`;
const answersIn = (out: string) =>
  out
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));

describe('kubemend', () => {
  it('serves over stdio when an assistant starts it without a command', async () => {
    const { status, out, err } = await run([], { input: initialize });

    expect(status).toBe(0);
    expect(answersIn(out)).toMatchObject([{ result: { serverInfo: { name: 'kubemend', version: '1.2.3' } } }]);
    expect(err).toBe('');
  });

  it('serves with flags alone', async () => {
    const { out } = await run(['--tools', 'diagnose', '--no-rate-limit-enabled'], { input: initialize + listTools });

    expect(answersIn(out)[1]).toMatchObject({ result: { tools: [{ name: 'diagnose' }] } });
  });

  it('helps a person who starts it without a command', async () => {
    const { status, out } = await run([], { stdin: aTerminal() });

    expect(status).toBe(0);
    expect(out).toContain('Examples:\n  kubemend diagnose -n shop');
  });

  it('shows its version', async () => {
    expect(await run(['--version'])).toEqual({ status: 0, out: '1.2.3\n', err: '' });
  });

  it('suggests what a misspelt command may have meant', async () => {
    const { status, err } = await run(['diagnos']);

    expect(status).toBe(2);
    expect(err).toContain('Did you mean diagnose?');
  });

  it('explains every setting of serve in groups, with defaults', async () => {
    const { out } = await run(['serve', '--help']);

    expect(out).toMatch(/Logging:\n[\s\S]*Kubernetes:\n[\s\S]*Calls:\n[\s\S]*Healing:\n[\s\S]*HTTP service:\n/);
    expect(out).toContain('--port <port>');
    expect(out).toContain('(8080)');
    expect(out).toContain('--no-k8s-in-cluster');
  });

  it('has no flags for secrets, which everybody on the machine could read', async () => {
    const key = 'k'.repeat(32);
    const [help, quick, slow] = await Promise.all([
      run(['serve', '--help']),
      run(['serve', '--signing-key', key]),
      run(['policy', 'schema', '--signing-key', key]),
    ]);

    expect(help.out).not.toContain('signing');
    expect([quick.status, slow.status]).toEqual([2, 2]);
    expect(quick.err).toContain("unknown option '--signing-key'");
    expect(quick.err + slow.err).not.toContain(key);
  });

  it('checks policies', async () => {
    const { status, out } = await run(['policy', 'check', '/dev/null']);

    expect(status).toBe(0);
    expect(out).toContain('/dev/null is valid.');
  });

  it.each([
    [['policy', 'chekc'], "unknown command 'chekc'"],
    [['constructor'], "unknown command 'constructor'"],
    [['policy', 'check', '/nowhere'], 'The policy /nowhere cannot be read: there is no such file.'],
    [['serve', '--prot', '1'], "unknown option '--prot'"],
    [['serve', 'now'], 'too many arguments'],
    [['serve', '--port'], 'argument missing'],
    [['serve', '--port', 'x'], '--port: "x" must be a whole number'],
    [['serve', '--tools', 'diagnos'], 'there is no tool diagnos.\nDid you mean diagnose?'],
    [['serve', '--tools', 'qqqqqqqq'], 'there is no tool qqqqqqqq.\nThe tools are diagnose'],
    [['serve', '--http', '--host', '0.0.0.0'], 'Access tokens are taken, but not said is whose and for what.'],
    [
      ['serve', '--http', '--auth', 'oidc', '--oidc-issuers', 'https://id.example'],
      'Set --oidc-issuers and --oidc-audiences',
    ],
    [['serve', '--http', '--console-client-id', 'x'], 'People cannot sign in at the console where --auth is none.'],
    [['serve', '--http', '--host', '0.0.0.0', '--auth', 'none'], 'Serving on 0.0.0.0 would let everyone'],
    [['serve', '--oidc-issuers', 'https://id.example,http://id.example'], 'must be https URLs'],
    [['serve', '--auth', 'password'], '--auth: "password" must be one of none, oidc, tokenreview'],
    [['serve', '--public-url', 'https://a.example/b'], 'must be a URL such as https://kubemend.example'],
    [
      ['serve', '--http', '--port', '0', '--metrics-port', '0', '--host', '192.0.2.1', '--insecure-no-auth'],
      'Cannot listen on 192.0.2.1:0',
    ],
  ])('says what is wrong with %j, and ends with 2', async (argv, message) => {
    const { status, out, err } = await run(argv);

    expect(err).toContain(message);
    expect([status, out]).toEqual([2, '']);
  });

  it('reads variables and .env', async () => {
    const { err } = await run(['serve'], { environment: { LOG_LEVEL: 'x' }, dotenv: 'LOG_FORMAT=y\n# no\nOTHER=1\n' });

    expect(err).toMatch(/LOG_LEVEL: "x" must be .*\n.*LOG_FORMAT in \.env: "y" must be/);
  });

  it('ends a command that cannot read its archive with 2', async () => {
    const { status, err } = await run(['diagnose', '--from', '/nowhere/bundle.tgz']);

    expect(status).toBe(2);
    expect(err).toContain('/nowhere/bundle.tgz');
  });

  it('reads the embedded snapshot for --demo', async () => {
    const { status, err } = await run(['diagnose', '--demo']);

    expect(status).toBe(2);
    expect(err).toContain('/nowhere/demo');
  });

  it.each([
    [['--tools', ','], '--tools names no tool.'],
    [['--tools', 'diagnos'], 'there is no tool diagnos'],
    [['--http', '--host', '192.0.2.1', '--insecure-no-auth'], 'Choose another one with --metrics-port'],
  ])('does not serve with %j, and says why', async (flags, reason) => {
    const { status, err } = await run(['serve', ...flags]);

    expect(status).toBe(2);
    expect(err).toContain(reason);
  });

  it('serves over HTTP until it is told to stop', async () => {
    const stop = new AbortController();
    const stderr = new PassThrough();
    const served = run(['serve', '--http', '--port', '0', '--metrics-port', '0', '--from', '/nowhere'], {
      signal: stop.signal,
      stderr,
    });
    const { url, metrics } = JSON.parse(String((await stderr.take(1).toArray())[0]));

    const health = await fetch(`${url}/health`);
    const ready = await fetch(`${url}/ready`);
    const scraped = await (await fetch(`${metrics}/metrics`)).text();
    stop.abort();

    expect([health.status, ready.status]).toEqual([200, 503]);
    expect(scraped).toContain('mcp_tool_calls_total{tool_name="diagnose",status="success"} 0');
    expect((await served).status).toBe(0);
  });

  it('counts what it writes down of calls and actions alike, when it heals', async () => {
    const stop = new AbortController();
    const stderr = new PassThrough();
    const flags = [
      '--http',
      '--heal',
      '--port',
      '0',
      '--metrics-port',
      '0',
      '--from',
      '/nowhere',
      '--log-level',
      'info',
    ];
    const served = run(['serve', ...flags], { signal: stop.signal, stderr });
    // Whoever stops reading the log stops the audit in it.
    const [line] = await once(stderr, 'data');
    const { url, metrics } = JSON.parse(String(line));
    await fetch(`${url}/api/v1/tools/list_clusters`, { method: 'POST' });
    const scraped = await (await fetch(`${metrics}/metrics`)).text();
    stop.abort();

    expect(scraped).toContain('mcp_audit_events_total{result="written"} 1');
    expect((await served).status).toBe(0);
  });
});
