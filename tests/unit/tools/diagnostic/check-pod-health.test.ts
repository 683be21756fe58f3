import { describe, expect, it } from 'vitest';
import type { Pod } from '../../../../src/engines/objects.ts';
import type { Reader } from '../../../../src/kubernetes/ports.ts';
import { AppError } from '../../../../src/platform/errors.ts';
import { checkPodHealth } from '../../../../src/tools/diagnostic/check-pod-health.ts';
import {
  aContainer,
  aLog,
  anObject,
  aPendingPod,
  aPod,
  crashed,
  someData,
  waiting,
} from '../../../support/builders.ts';
import { aContext, aReader, runTool } from '../../../support/fake-reader.ts';

const reading = (pod: Pod, more: Partial<Reader> = {}) =>
  aContext({
    reader: aReader({
      get: async () => pod,
      collect: async (scope) => someData({ scope, objects: [pod], complete: ['Pod'] }),
      ...more,
    }),
  });

const crashing = aPod('web-0', { containers: [aContainer('app', crashed({ exitCode: 1, reason: 'Error' }))] });

describe('check_pod_health', () => {
  it('has the contract of a healthy pod', async () => {
    const { data, text } = await runTool(checkPodHealth, { pod_name: 'web-0' }, reading(aPod('web-0')));

    expect(data).toMatchObject({
      pod_name: 'web-0',
      namespace: 'shop',
      status: 'Running',
      issues: [],
      diagnosis: { verdict: 'healthy', causes: [] },
    });
    expect(data).not.toHaveProperty('logs');
    expect(text).toBe('web-0: Running, healthy');
  });

  it('shows issues, and the log of the instance that died', async () => {
    const log: Reader['log'] = async ({ previous }) => aLog('web-0', previous ? ['starting', 'boom'] : ['again']);
    const { data, text } = await runTool(checkPodHealth, { pod_name: 'web-0' }, reading(crashing, { log }));

    expect(data).toMatchObject({ logs: 'starting\nboom', logs_of: 'app (previous)' });
    expect(text.split('\n').slice(0, 3)).toEqual([
      'web-0: Running, 2 issues',
      '  high CrashLoopBackOff app: back-off 5m0s restarting failed container; last exit: code 1 (Error) (6 restarts)',
      '  medium frequent_restarts app: restarted 6 times',
    ]);
    expect(text).toMatch(/\n\nLast lines of app \(previous\):\n {2}\| starting\n {2}\| boom$/);
  });

  it('falls back to the current log, and does without any', async () => {
    const empty: Reader['log'] = async () => aLog('web-0', []);
    const current: Reader['log'] = async ({ previous }) => {
      if (previous) throw new AppError('api_error', 'previous terminated container not found');
      return aLog('web-0', ['again']);
    };

    const some = await runTool(checkPodHealth, { pod_name: 'web-0' }, reading(crashing, { log: current }));
    const none = await runTool(checkPodHealth, { pod_name: 'web-0' }, reading(crashing, { log: empty }));

    expect(some.data).toMatchObject({ logs: 'again', logs_of: 'app' });
    expect(none.data).not.toHaveProperty('logs');
  });

  it('waits no longer for a log than there is time to read', async () => {
    const log: Reader['log'] = async (_target, signal) => {
      signal.throwIfAborted();
      return aLog('web-0', ['late']);
    };
    const context = { ...reading(crashing, { log }), enough: AbortSignal.abort() };

    const { data } = await runTool(checkPodHealth, { pod_name: 'web-0' }, context);

    expect(data).not.toHaveProperty('logs');
  });

  it('reads no log when nobody wants one, or no container has an issue', async () => {
    const unwanted = await runTool(checkPodHealth, { pod_name: 'web-0', check_logs: false }, reading(crashing));
    const pending = await runTool(checkPodHealth, { pod_name: 'web-0' }, reading(aPendingPod('web-0', 'no node')));

    expect([unwanted.data, pending.data].map((data) => 'logs' in data)).toEqual([false, false]);
    expect(pending.text).toContain('high Unschedulable: no node');
  });

  it('returns the last 100 lines, and less when they are long', async () => {
    const lines = Array.from({ length: 150 }, (_, index) => `line ${index}`);
    const short: Reader['log'] = async () => aLog('web-0', lines);
    const long: Reader['log'] = async () =>
      aLog(
        'web-0',
        lines.map((line) => line.padEnd(5_000, '.')),
      );

    const few = await runTool(checkPodHealth, { pod_name: 'web-0' }, reading(crashing, { log: short }));
    const cut = await runTool(checkPodHealth, { pod_name: 'web-0' }, reading(crashing, { log: long }));

    expect(String(few.data['logs']).split('\n')).toEqual(lines.slice(-100));
    expect(String(cut.data['logs']).length).toBeLessThanOrEqual(12_000);
    expect(String(cut.data['logs'])).toMatch(/line 149\.+…$/);
  });

  it('names the causes behind the issues', async () => {
    const pulling = aPod('web-0', {
      containers: [aContainer('app', waiting('ImagePullBackOff', 'failed to resolve reference "x": not found'))],
    });
    const log: Reader['log'] = async () => {
      throw new AppError('api_error', 'container is waiting to start');
    };

    const { data, text } = await runTool(checkPodHealth, { pod_name: 'web-0' }, reading(pulling, { log }));

    expect(data).toMatchObject({ diagnosis: { verdict: 'unhealthy', causes: [{ rule: 'image-tag-not-found' }] } });
    expect(text).toContain('✖ Pod/web-0 cannot pull');
  });

  it('lets a missing pod surface as not_found', async () => {
    const gone = new AppError('not_found', 'No Pod/web-0 in namespace shop.');
    const reader = aReader({ get: () => Promise.reject(gone) });

    await expect(runTool(checkPodHealth, { pod_name: 'web-0' }, aContext({ reader }))).rejects.toBe(gone);
  });

  it('does not trust an answer of another kind', async () => {
    const reader = aReader({ get: async () => anObject('Service', 'web-0') });

    await expect(runTool(checkPodHealth, { pod_name: 'web-0' }, aContext({ reader }))).rejects.toMatchObject({
      code: 'api_error',
    });
  });
});
