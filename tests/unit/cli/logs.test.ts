import { describe, expect, it } from 'vitest';
import { register } from '../../../src/cli/logs.ts';
import type { LogAnalysis } from '../../../src/tools/report/log-analysis.ts';
import { answering, runCommand } from '../../support/command.ts';

const analysis: LogAnalysis = {
  object: { kind: 'Deployment', namespace: 'shop', name: 'api' },
  logs: [
    {
      pod: 'api-1',
      container: 'app',
      previous: true,
      state: 'running',
      died: '2026-11-23T12:00:09Z',
      lines: 40,
      bytes: 4000,
      first: '2026-11-23T12:00:00Z',
      last: '2026-11-23T12:00:08Z',
      levels: { info: 30, error: 3 },
      signatures: [
        {
          id: 'bad-credentials',
          title: 'credentials are refused',
          count: 3,
          first: '2026-11-23T12:00:01Z',
          last: '2026-11-23T12:00:07Z',
          quote: 'password authentication failed',
          known: false,
        },
      ],
      links: [{ word: 'app', says: 'env[DB_USER] is app' }],
      traces: [
        {
          language: 'java',
          type: 'StartError',
          message: 'cannot start',
          frame: 'Main.java:3',
          cause: { type: 'IOException', message: 'broken' },
          lines: 12,
          count: 1,
          novel: true,
        },
      ],
      templates: [{ template: 'slow <n>', level: 'warn', count: 2, sample: 'slow 5', novel: false }],
      new: [],
      end: [{ at: '2026-11-23T12:00:08Z', text: 'bye', more: 2 }],
      compared_with: ['api-0'],
      cut: ['3 more templates'],
    },
  ],
  unread: [{ pod: 'api-2', container: 'app', reason: 'there is no log' }],
  cut: ['1 of 4 pods'],
};

describe('kubemend logs', () => {
  it('shows what is worth reading', async () => {
    const { status, out } = await runCommand(register, ['logs', 'deployment/api'], answering(analysis));

    expect(status).toBe(0);
    expect(out).toMatchInlineSnapshot(`
      "Deployment/api in shop: 1 log read

      ▸ api-1 app (previous): running; 40 lines 12:00:00–12:00:08, 3 error, compared with api-0
      Known faults
        · credentials are refused ×3 12:00:01–12:00:07: password authentication failed
      Named there
        · app: env[DB_USER] is app
      Traces
        · new StartError: cannot start ← IOException: broken at Main.java:3 (java, 12 lines) ×1
      Templates
        · warn ×2: slow 5
      Before it died (12:00:09)
        · 12:00:08 bye (+2 lines)
      Cut: 3 more templates.

        ? api-2 app: there is no log

      Cut: 1 of 4 pods.
      "
    `);
  });

  it.each([
    ['a namespace', ['-n', 'web'], { namespace: 'web' }],
    ['an object', ['deployment/api', '-n', 'web'], { object: 'deployment/api', namespace: 'web' }],
    ['an object as kubectl takes it', ['deployment', 'api'], { object: 'deployment/api' }],
    ['a pod by its name', ['api-0', '-c', 'app', '-p'], { object: 'pod/api-0', container: 'app', previous: true }],
    ['a time', ['pod/a', '--since', '2h', '--tail', '50'], { object: 'pod/a', since_minutes: 120, tail_lines: 50 }],
    ['seconds', ['pod/a', '--since', '90s'], { object: 'pod/a', since_minutes: 2 }],
    ['a context', ['pod/a', '--context', 'prod'], { object: 'pod/a', cluster: 'prod' }],
  ])('asks about %s', async (_, flags, args) => {
    const { asked, call } = answering(analysis);

    await runCommand(register, ['logs', ...flags], { call });

    expect(asked).toEqual([{ tool: 'analyze_logs', args }]);
  });

  it.each(['json', 'yaml', 'markdown'])('has the output format %s', async (format) => {
    const { out } = await runCommand(register, ['logs', 'pod/a', '-o', format], answering(analysis));

    expect(out).toContain('password authentication failed');
  });

  it('says what went wrong on stderr', async () => {
    const failure = {
      success: false as const,
      error: 'There is no such pod.',
      error_type: 'not_found' as const,
      details: {},
    };
    const call = async () => ({ requestId: 'r1', result: failure, text: '' });

    expect(await runCommand(register, ['logs', 'a'], { call })).toMatchObject({
      status: 2,
      out: '',
      err: 'kubemend: There is no such pod.\n',
    });
  });

  it.each([['-A'], ['--since', 'soon'], ['--tail', '0'], ['b', 'c']])('refuses %s', async (...flags) => {
    await expect(runCommand(register, ['logs', 'a', ...flags], answering(analysis))).rejects.toThrow(/./);
  });
});
