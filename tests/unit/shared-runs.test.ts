import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { type Caller, localCaller } from '../../src/caller.ts';
import { grantedScopes } from '../../src/platform/auth/scopes.ts';
import { createSharedRuns } from '../../src/shared-runs.ts';
import { type Access, defineTool } from '../../src/tools/tool.ts';

const still = new AbortController().signal;
const aTool = (access: Access) =>
  defineTool({
    name: `${access}_it`,
    title: 'A tool',
    description: 'Does nothing.',
    access,
    permissions: [],
    input: z.object({}),
    output: z.object({}),
    run: async () => ({}),
    render: () => '',
  });
const reading = aTool('read');
const jane = (groups: readonly string[], ...scopes: readonly string[]): Caller => ({
  id: 'id#jane',
  principal: { id: 'id#jane', user: 'jane', groups, scopes: grantedScopes(scopes) },
});

/** Runs that end when they are told to, counted. */
function aBed() {
  const shared = createSharedRuns();
  const { promise, resolve: end } = Promise.withResolvers<void>();
  const bed = {
    runs: 0,
    end,
    ask: (asked: Partial<Parameters<typeof shared>[0]> = {}, signal = still) =>
      shared({ tool: reading, input: { a: 1 }, caller: localCaller, heard: false, ...asked }, signal, async () => {
        const text = `run ${++bed.runs}`;
        await promise;
        return { result: { success: true }, text, truncated: false };
      }),
  };
  return bed;
}

describe('runs of equal calls', () => {
  it('are shared while one lasts', async () => {
    const bed = aBed();
    const answers = [bed.ask(), bed.ask({ input: { a: 1 } })];
    bed.end();

    expect((await Promise.all(answers)).map(({ text }) => text)).toEqual(['run 1', 'run 1']);
    expect((await bed.ask()).text).toBe('run 2');
  });

  it('are shared by those that come at one moment, however soon it ends', async () => {
    const bed = aBed();
    bed.end();
    const others = async () => {
      // As many steps as it takes until another request has come this far, and a short run would be over.
      for (let step = 0; step < 50; step++) await Promise.resolve();
      return bed.ask();
    };

    expect((await Promise.all([bed.ask(), others()])).map(({ text }) => text)).toEqual(['run 1', 'run 1']);
  });

  it('do not begin once nobody waits for them any more', async () => {
    const bed = aBed();
    const caller = new AbortController();
    const answer = bed.ask({}, caller.signal);
    caller.abort(new Error('gone'));

    await expect(answer).rejects.toThrow('gone');
    await new Promise((resolve) => setImmediate(resolve));
    expect(bed.runs).toBe(0);
  });

  it.each([
    ['other arguments', { input: { a: 2 } }, {}],
    ['another caller', { caller: jane(['ops'], 'k8s:read') }, {}],
    ['other scopes of the same', { caller: jane(['ops'], 'k8s:logs') }, { caller: jane(['ops'], 'k8s:read') }],
    ['other groups of the same', { caller: jane(['ops'], 'k8s:read') }, { caller: jane(['dev'], 'k8s:read') }],
    ['one who hears of progress', { heard: true }, {}],
    ['what changes something', { tool: aTool('write') }, { tool: aTool('write') }],
  ])('are not shared with %s', async (_, one, other) => {
    const bed = aBed();
    const answers = [bed.ask(one), bed.ask(other)];
    bed.end();
    await Promise.all(answers);

    expect(bed.runs).toBe(2);
  });

  it('are not joined from beyond a change', async () => {
    const bed = aBed();
    const before = bed.ask();
    const change = bed.ask({ tool: aTool('destructive') });
    const during = bed.ask();
    bed.end();
    await Promise.all([before, change, during]);

    expect(bed.runs).toBe(3);
  });
});
