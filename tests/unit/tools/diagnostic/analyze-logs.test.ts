import { describe, expect, it } from 'vitest';
import type { KubernetesObject, Pod } from '../../../../src/engines/objects.ts';
import type { LogRange, Reader } from '../../../../src/kubernetes/ports.ts';
import { AppError } from '../../../../src/platform/errors.ts';
import { analyzeLogs } from '../../../../src/tools/diagnostic/analyze-logs.ts';
import { aContainer, aDeployment, aLog, anObject, aPod, crashed, someData } from '../../../support/builders.ts';
import { aContext, aReader, runTool } from '../../../support/fake-reader.ts';
import { aType } from '../../../support/resource-types.ts';

const { deployment, pods } = aDeployment('api', { replicas: 2 });
const [first, second] = pods;
const dying: Pod = {
  ...aPod(second?.metadata.name ?? '', {
    containers: [aContainer('app', crashed({ exitCode: 1, reason: 'Error' }))],
  }),
  metadata: second?.metadata ?? { name: '' },
};
const logs: Readonly<Record<string, readonly string[]>> = {
  [dying.metadata.name]: ['INFO starting', 'WARN slow disk', 'FATAL: password authentication failed for user "app"'],
  [first?.metadata.name ?? '']: ['INFO starting', 'WARN slow disk', 'INFO serving'],
};

const kinds: Readonly<Record<string, string>> = { deployment: 'Deployment', pod: 'Pod', configmap: 'ConfigMap' };

const reading = (objects: readonly KubernetesObject[], more: Partial<Reader> = {}) => {
  const ranges: LogRange[] = [];
  const context = aContext({
    reader: aReader({
      resolve: async (kind) => aType(kinds[kind] ?? kind),
      get: async ({ kind, name }) => {
        const found = objects.find((object) => object.kind === kind && object.metadata.name === name);
        if (found === undefined) throw new AppError('not_found', `${kind}/${name} does not exist.`);
        return found;
      },
      read: async (reads) => someData({ objects, reads: reads.map((read) => ({ read, outcome: 'ok' as const })) }),
      streamLog: async (range, take) => {
        ranges.push(range);
        const lines = logs[range.pod] ?? [];
        take(lines.map((text) => ({ text })));
        return { bytes: lines.join('\n').length, whole: true };
      },
      ...more,
    }),
  });
  return { context, ranges };
};

const all = [deployment, ...(first === undefined ? [] : [first]), dying];

describe('analyze_logs', () => {
  it('reads the broken pod of a workload, compared with a healthy one', async () => {
    const { context } = reading(all);

    const { data, text } = await runTool(analyzeLogs, { object: 'deployment/api' }, context);

    expect(data).toMatchObject({
      object: { kind: 'Deployment', name: 'api' },
      logs: [
        {
          pod: dying.metadata.name,
          container: 'app',
          previous: false,
          lines: 3,
          signatures: [{ id: 'bad-credentials', count: 1, known: false }],
          compared_with: [first?.metadata.name],
        },
      ],
      cut: ['1 of 2 pods'],
    });
    expect(text).toContain('credentials are refused ×1: password authentication failed for user "app"');
    expect(text).not.toContain('new slow disk');
  });

  it('stays short, whatever is logged', async () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    const crowded = aPod('crowded', {
      containers: names.map((name) => aContainer(name, crashed({ exitCode: 1, reason: 'Error' }))),
    });
    const { context } = reading([crowded], {
      streamLog: async ({ container }, take) => {
        take(
          names.flatMap((name) =>
            names.map((other) => ({ text: `ERROR ${container}${name}${other} ${'broke '.repeat(40)}` })),
          ),
        );
        take([{ text: `FATAL password authentication failed for user "${'x'.repeat(500)}"` }]);
        return { bytes: 10_000, whole: true };
      },
    });

    const { data, text } = await runTool(analyzeLogs, { object: 'pod/crowded' }, context);

    expect(data).toMatchObject({ logs: [{}, {}, {}, {}], cut: ['1 of 5 logs'] });
    expect(text.length).toBeLessThan(5000);
  });

  it('does not show the same of two replicas', async () => {
    const other = { ...dying, metadata: { ...dying.metadata, name: 'api-other' } };
    const { context } = reading([deployment, dying, other], {
      streamLog: async (_range, take) => {
        take([{ text: 'ERROR boom' }]);
        return { bytes: 10, whole: true };
      },
    });

    const { data, text } = await runTool(analyzeLogs, { object: 'deployment/api' }, context);

    expect(data).toMatchObject({ logs: [{ pod: dying.metadata.name }] });
    expect(text).toContain(`api-other app says the same as ${dying.metadata.name}`);
  });

  it('reads what is in trouble in a namespace when nothing is named', async () => {
    const { context } = reading(all);

    const { data } = await runTool(analyzeLogs, {}, context);

    expect(data).toMatchObject({ object: { kind: 'Namespace', name: 'shop' }, logs: [{ pod: dying.metadata.name }] });
  });

  it('says that nothing is in trouble', async () => {
    const { context } = reading(pods);

    await expect(runTool(analyzeLogs, {}, context)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('looks through no large namespace', async () => {
    const { context } = reading([], {
      read: async (reads) => someData({ reads: reads.map((read) => ({ read, outcome: 'exceeded' as const })) }),
    });

    await expect(runTool(analyzeLogs, {}, context)).rejects.toMatchObject({ code: 'validation_error' });
  });

  it('asks for a window twice as long, to compare it with the time before', async () => {
    const { context, ranges } = reading(all);

    await runTool(analyzeLogs, { object: `pod/${dying.metadata.name}`, since_minutes: 10, tail_lines: 50 }, context);

    expect(ranges.at(-1)).toMatchObject({ tailLines: 50, sinceSeconds: 1200 });
  });

  it('falls back to the log that there is', async () => {
    const { context } = reading(all, {
      streamLog: async ({ previous }, take) => {
        if (previous) throw new AppError('not_found', 'no such log');
        take([{ text: 'ERROR boom' }]);
        return { bytes: 10, whole: true };
      },
    });

    const { data } = await runTool(analyzeLogs, { object: `pod/${dying.metadata.name}`, previous: true }, context);

    expect(data).toMatchObject({ logs: [{ previous: false, templates: [{ template: 'boom', level: 'error' }] }] });
  });

  it('reads the end of a log that was cut, and says so', async () => {
    const { context } = reading(all, {
      streamLog: async (_range, take) => {
        take([{ text: 'INFO begin' }]);
        return { bytes: 1_000_000, whole: false };
      },
      log: async () => aLog('api', ['ERROR the end']),
    });

    const { data } = await runTool(analyzeLogs, { object: `pod/${dying.metadata.name}` }, context);

    expect(data).toMatchObject({ logs: [{ lines: 2, end: [{ text: 'INFO begin' }, { text: 'ERROR the end' }] }] });
    expect(JSON.stringify(data)).toContain('reading ended after 1000000 bytes');
  });

  it('says that lines were too long to be kept whole', async () => {
    const { context } = reading(all, {
      streamLog: async (_range, take) => {
        take([{ text: `${'x'.repeat(8192)}…` }]);
        return { bytes: 10_000_000, whole: true, clipped: 1 };
      },
    });

    const { data } = await runTool(analyzeLogs, { object: `pod/${dying.metadata.name}` }, context);

    expect(JSON.stringify(data)).toContain('the ends of 1 very long line');
  });

  it.each([
    ['an object without pods', { object: 'configmap/a' }, 'validation_error'],
    ['a workload whose pods do not exist', { object: 'deployment/idle' }, 'not_found'],
    ['a container that does not exist', { object: 'deployment/api', container: 'apq' }, 'not_found'],
  ])('refuses %s', async (_, input, code) => {
    const idle = anObject('Deployment', 'idle', { spec: { selector: { matchLabels: { app: 'idle' } } } });
    const { context } = reading([...all, idle, anObject('ConfigMap', 'a')]);

    await expect(runTool(analyzeLogs, input, context)).rejects.toMatchObject({ code });
  });

  it('passes on why nothing could be read', async () => {
    const { context } = reading(all, {
      streamLog: () => Promise.reject(new AppError('permission_denied', 'get pods/log is denied')),
    });

    await expect(runTool(analyzeLogs, { object: 'deployment/api' }, context)).rejects.toMatchObject({
      code: 'permission_denied',
    });
  });
});
