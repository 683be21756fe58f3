import { describe, expect, it } from 'vitest';
import { register } from '../../../src/cli/heal.ts';
import type { Outcome } from '../../../src/outcome.ts';
import { digest } from '../../../src/tools/report/digest.ts';
import type { AnyTool } from '../../../src/tools/tool.ts';
import { runCommand } from '../../support/command.ts';
import { aCause, anExplanation } from '../../support/explanations.ts';

const restart = {
  tool: 'restart_workload',
  arguments: { object: 'deployment/web', namespace: 'shop' },
  reason: 'it is stale',
};
const mendable = digest(anExplanation({ causes: [aCause({ fixes: [{ advice: 'look', reason: '' }, restart] })] }), {
  limit: 20,
});
const others = digest(anExplanation({ causes: [aCause({ fixes: [{ advice: 'look', reason: '' }] })] }), { limit: 20 });

/** Runs `kubemend heal` alone on this diagnosis; whatever is planned then is refused. */
async function offered(data: object, answer: string | undefined, flags: readonly string[] = []) {
  const asked: unknown[] = [];
  const call = async ({ name }: AnyTool, args: object): Promise<Outcome> => {
    asked.push([name, args]);
    const refusal = { success: false, error: 'no', error_type: 'refused', details: {} } as const;
    return { requestId: 'r', text: '', result: name === 'diagnose' ? { success: true, ...data } : refusal };
  };
  const run = await runCommand(register, ['heal', ...flags], { call, ask: async () => answer });
  return { ...run, asked };
}

describe('kubemend heal alone', () => {
  it('offers what an action mends, and plans what is chosen', async () => {
    const { out, asked } = await offered(mendable, '1');

    expect(out).toContain('kubemend heal restart deployment/web -n shop');
    expect(asked[1]).toEqual(['restart_workload', restart.arguments]);
  });

  it('plans on the cluster that was diagnosed', async () => {
    const { asked } = await offered(mendable, '1', ['--context', 'prod']);

    expect(asked).toMatchObject([
      ['diagnose', { cluster: 'prod' }],
      ['restart_workload', { cluster: 'prod' }],
    ]);
  });

  it.each(['none', '', '0', '2', '-1'])('plans nothing for %j', async (answer) => {
    const { status, asked } = await offered(mendable, answer);

    expect([status, asked.length]).toEqual([1, 1]);
  });

  it('plans nothing where nobody can be asked', async () => {
    expect((await offered(mendable, undefined)).status).toBe(2);
  });

  it('says when nothing is broken, when no action helps, and when it cannot tell', async () => {
    expect(await offered(digest(anExplanation(), { limit: 20 }), undefined)).toMatchObject({
      status: 0,
      out: 'Nothing is broken here.\n',
    });
    expect(await offered(others, undefined)).toMatchObject({
      status: 1,
      out: expect.stringContaining('none of which an action'),
    });
    expect(await offered(digest(anExplanation({ verdict: 'unknown' }), { limit: 20 }), undefined)).toMatchObject({
      status: 2,
      out: '',
    });
  });

  it('tells why a diagnosis failed', async () => {
    const result = {
      success: false,
      error: 'no cluster',
      error_type: 'unavailable',
      details: {},
      hint: 'start it',
    } as const;
    const run = await runCommand(register, ['heal'], { call: async () => ({ requestId: 'r', result, text: '' }) });

    expect(run).toMatchObject({ status: 2, err: 'kubemend: no cluster\nstart it\n' });
  });
});
