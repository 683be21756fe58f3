import { describe, expect, it } from 'vitest';
import type { KubernetesObject } from '../../../../src/engines/objects.ts';
import { AppError } from '../../../../src/platform/errors.ts';
import { getTimeline } from '../../../../src/tools/diagnostic/get-timeline.ts';
import { aDeployment, anEvent, anObject, minutesAgo, someData } from '../../../support/builders.ts';
import { aContext, aReader, runTool } from '../../../support/fake-reader.ts';
import { aType } from '../../../support/resource-types.ts';

const timeline = (input: object, objects: readonly KubernetesObject[]) => {
  const reader = aReader({
    resolve: async () => aType('Deployment'),
    get: async ({ kind, name }) => anObject(kind as 'Namespace', name),
    read: async (reads) => someData({ objects, reads: reads.map((read) => ({ read, outcome: 'ok' as const })) }),
  });
  return runTool(getTimeline, { ...input }, aContext({ reader }));
};

const old = { creationTimestamp: '2026-11-22T09:30:00Z' };
const web = aDeployment('web', { metadata: old, pod: { metadata: old } });
const settings = anObject('ConfigMap', 'settings', {
  metadata: { ...old, managedFields: [{ manager: 'kubectl-edit', time: minutesAgo(8) }] },
});

describe('get_timeline', () => {
  it('is one line an entry: when, what, by whom, how often', async () => {
    const objects = [...web.all, settings, anEvent(web.deployment, 'Odd', 'a\nforged line', { count: 12 })];

    const { data, text } = await timeline({}, objects);

    expect(text).toMatchInlineSnapshot(`
      "What happened since 2026-11-23T11:00:00Z, newest first, UTC:
      11:59:00 Deployment/web Odd: a ⏎ forged line ×12 since 11:40:00
      11:52:00 ConfigMap/settings changed (by kubectl-edit)"
    `);
    expect(data).toMatchObject({
      more: 0,
      routine_events: 0,
      blind_spots: [],
      entries: [{ count: 12 }, { by: 'kubectl-edit' }],
    });
  });

  it('adds the date to what is not of today', async () => {
    const { text } = await timeline({ since_minutes: 3000, limit: 3 }, [settings]);

    expect(text).toContain('11-22 09:30:00 ConfigMap/settings created');
    expect(text).toContain('not seen: Events before 2026-11-23T11:00:00Z');
  });

  it('says so when nothing happened', async () => {
    const { text } = await timeline({ since_minutes: 5 }, web.all);

    expect(text).toBe('Nothing since 2026-11-23T11:55:00Z.');
  });

  it('is about an object when one is named', async () => {
    const { data } = await timeline({ object: 'deploy/web', since_minutes: 60 }, [...web.all, settings]);

    expect(data['entries']).toEqual([]);
  });

  it('keeps to its limit, and counts the rest', async () => {
    const events = Array.from({ length: 300 }, (_, index) =>
      anEvent(web.deployment, `Reason${index}`, 'x'.repeat(5_000)),
    );

    const { data, text } = await timeline({}, [...web.all, ...events]);

    expect(data).toMatchObject({ more: 270 });
    expect(text).toContain('… 270 older: raise limit');
    expect(Buffer.byteLength(text)).toBeLessThan(10_000);
  });

  it('does not take a namespace that does not exist for a quiet one', async () => {
    const missing = new AppError('not_found', 'Namespace/shopp does not exist.');
    const reader = aReader({ get: () => Promise.reject(missing), read: async () => someData() });

    await expect(runTool(getTimeline, { namespace: 'shopp' }, aContext({ reader }))).rejects.toBe(missing);
  });
});
