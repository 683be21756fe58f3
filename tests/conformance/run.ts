/**
 * The protocol's own conformance suite against our HTTP stack, as CI runs it: the fixture has to pass every scenario that
 * a revision requires; the service itself every one that does not ask for a tool, prompt or resource of the fixture.
 * Writes a report as vitest does, to the path in `TEST_REPORT`.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const revisions = ['2026-07-28', '2025-11-25'];

interface Server {
  readonly url: string;
  readonly process: ChildProcess;
}

/** A server that says its address in a line of JSON on stderr. */
async function started(...words: readonly string[]): Promise<Server> {
  const child = spawn(process.execPath, words, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, RATE_LIMIT_ENABLED: 'false' },
  });
  for await (const line of createInterface({ input: child.stderr })) {
    const { url } = JSON.parse(line) as { url?: string };
    if (url === undefined) continue;
    child.stderr.resume();
    return { url, process: child };
  }
  throw new Error(`${words.join(' ')} ended before it served.`);
}

interface Scenario {
  readonly name: string;
  readonly passed: boolean;
  /** Whether the revision requires it. */
  readonly scored: boolean;
}

/** The summary of one run: `✓ tools-list: 4 passed, 0 failed`, and below which ones do not count. */
async function scenariosOf(url: string, revision: string): Promise<readonly Scenario[]> {
  const words = ['server', '--url', `${url}/mcp`, '--requirements', revision];
  const suite = spawn(process.execPath, ['node_modules/.bin/conformance', ...words], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  suite.stdout.on('data', (chunk) => {
    said += String(chunk);
  });
  await once(suite, 'close');
  const [summary = '', unscored = ''] = said.slice(said.indexOf('=== SUMMARY ===')).split('Not scored for');
  const others = new Set([...unscored.matchAll(/^ {2}[✓✗] (\S+) \(/gm)].map(([, name]) => name));
  const scenarios = [...summary.matchAll(/^([✓✗]) (\S+): \d+ passed, \d+ failed/gm)].map(([, mark, name = '']) => ({
    name,
    passed: mark === '✓',
    scored: !others.has(name),
  }));
  if (scenarios.length < 10) throw new Error(`The suite has said nothing of use:\n${said.slice(-2_000)}`);
  return scenarios;
}

/** What the service cannot pass, as it has none of the things that these ask for. */
const ofFixture =
  /^(?:tools-call-|resources-read-|resources-templates-read|resources-(?:un)?subscribe|prompts-get-|elicitation-|input-required-result-|logging-set-level$|server-stateless$)/;

const servers = [
  await started('tests/conformance/server.ts'),
  await started('src/main.ts', 'serve', '--http', '--demo', '--port', '0', '--metrics-port', '0'),
];
const [fixture, service] = servers;
const failures: string[] = [];
let passed = 0;
try {
  for (const revision of revisions) {
    for (const server of servers) {
      const required = (await scenariosOf(server.url, revision)).filter(
        ({ name, scored }) => scored && (server === fixture || !ofFixture.test(name)),
      );
      const failed = required.filter((scenario) => !scenario.passed).map(({ name }) => name);
      passed += required.length - failed.length;
      const what = `${server === service ? 'the service' : 'the fixture'}, ${revision}`;
      console.log(`${what}: ${required.length - failed.length} of ${required.length} scenarios`);
      failures.push(...failed.map((name) => `${what}: ${name}`));
    }
  }
} finally {
  for (const server of servers) server.process.kill();
}
for (const failure of failures) console.log(`failed: ${failure}`);
const report = { numPassedTests: passed, numFailedTests: failures.length, numFailedTestSuites: 0 };
if (process.env['TEST_REPORT'] !== undefined) writeFileSync(process.env['TEST_REPORT'], JSON.stringify(report));
process.exitCode = failures.length === 0 ? 0 : 1;
