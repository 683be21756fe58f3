import { describe, expect, it } from 'vitest';
import { register } from '../../../src/cli/heal.ts';
import type { CallOptions } from '../../../src/cli/program.ts';
import type { Outcome } from '../../../src/outcome.ts';
import type { AnyTool } from '../../../src/tools/tool.ts';
import { runCommand } from '../../support/command.ts';

const id = '3e433nzpd7kexkanm9q9k591s5';

interface Called {
  readonly tool: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly approval?: CallOptions['approval'];
}

/** A plan that an approval applies, with this end. */
function planning(state = 'healthy') {
  const calls: Called[] = [];
  const call = async ({ name: tool }: AnyTool, args: Called['args'], { approval }: CallOptions): Promise<Outcome> => {
    calls.push({ tool, args, ...(approval !== undefined && { approval }) });
    if (approval !== undefined) {
      const ended = approval.answer === 'declined' ? 'declined' : state;
      return { requestId: 'r', result: { success: true, action_id: id, state: ended }, text: `it is ${ended}` };
    }
    const details = { action_id: id, action: tool, state: 'planned' };
    const result = {
      success: false,
      error: 'The plan: …',
      error_type: 'approval_required',
      details,
      hint: 'approve it',
    } as const;
    return { requestId: 'r', result, text: 'plan' };
  };
  return { calls, call };
}
const heal = (words: readonly string[], answer: string | undefined, fields: object = {}) => {
  const { calls, call } = planning();
  return runCommand(register, ['heal', ...words], { call, ask: async () => answer, ...fields }).then((run) => ({
    ...run,
    calls,
  }));
};

describe('kubemend heal', () => {
  it('shows the plan, asks, and applies it with a yes', async () => {
    const { status, out, calls } = await heal(['restart', 'deployment/web', '-n', 'shop'], 'y');

    expect(status).toBe(0);
    expect(out).toBe('The plan: …\nit is healthy\n');
    expect(calls).toEqual([
      { tool: 'restart_workload', args: { object: 'deployment/web', namespace: 'shop' } },
      {
        tool: 'restart_workload',
        args: { object: 'deployment/web', namespace: 'shop' },
        approval: { actionId: id, answer: 'approved', by: 'somebody' },
      },
    ]);
  });

  it.each(['', 'n', 'no', 'yep', 'yes please', 'Y E S'])('takes %j for a no', async (answer) => {
    const { status, calls } = await heal(['restart', 'deployment/web'], answer);

    expect(status).toBe(1);
    expect(calls[1]?.approval?.answer).toBe('declined');
  });

  it.each(['y', 'Y', 'yes', ' Yes '])('takes %j for a yes', async (answer) => {
    expect((await heal(['restart', 'deployment/web'], answer)).calls[1]?.approval?.answer).toBe('approved');
  });

  it('does nothing where nobody can be asked, and says how to go on', async () => {
    const { status, err, calls } = await heal(['restart', 'deployment/web'], undefined);

    expect([status, err, calls.length]).toEqual([2, 'approve it\n', 1]);
  });

  it('applies nothing unasked but a plan that was named', async () => {
    await expect(heal(['restart', 'deployment/web', '--yes'], undefined)).rejects.toThrow('--yes needs --plan');

    const { status, calls } = await heal(['restart', 'deployment/web', '--plan', id, '--yes'], undefined);
    expect(status).toBe(0);
    expect(calls).toMatchObject([
      { tool: 'approve_action', args: { action_id: id } },
      { tool: 'restart_workload', args: { object: 'deployment/web' }, approval: { actionId: id } },
    ]);
  });

  it('approves a plan that was made elsewhere', async () => {
    const { calls } = await heal(['approve', id, '-n', 'shop'], 'y');

    expect(calls.map(({ tool, args }) => [tool, args])).toEqual([
      ['approve_action', { action_id: id, namespace: 'shop' }],
      ['approve_action', { action_id: id, namespace: 'shop' }],
    ]);
  });

  it('ends with 1 when it does not become healthy', async () => {
    const { call } = planning('reverted');

    expect(
      await runCommand(register, ['heal', 'restart', 'deployment/web'], { call, ask: async () => 'y' }),
    ).toMatchObject({ status: 1 });
  });

  it('ends with 2 and the hint when it is refused', async () => {
    const result = { success: false, error: 'G14: no', error_type: 'refused', details: {}, hint: 'by hand' } as const;
    const run = await runCommand(register, ['heal', 'restart', 'deployment/web'], {
      call: async () => ({ requestId: 'r', result, text: '' }),
    });

    expect(run).toMatchObject({ status: 2, err: 'kubemend: G14: no\nby hand\n', out: '' });
  });

  it.each<[readonly string[], string, object]>([
    [['scale', 'deployment/web', '--replicas', '4'], 'scale_workload', { object: 'deployment/web', replicas: 4 }],
    [
      ['rollback', 'deployment', 'web', '--revision', '3'],
      'rollback_workload',
      { object: 'deployment/web', revision: 3 },
    ],
    [
      ['resize', 'deployment/web', '--container', 'app', '--memory-limit', '1Gi'],
      'resize_workload',
      { object: 'deployment/web', container: 'app', memory_limit: '1Gi' },
    ],
    [
      ['set-image', 'deployment/web', '--container', 'app', '--image', 'web:1'],
      'set_image',
      { object: 'deployment/web', container: 'app', image: 'web:1' },
    ],
    [['evict', 'pod/web-1', '--context', 'prod'], 'evict_pod', { object: 'pod/web-1', cluster: 'prod' }],
    [['evict', 'pod/web-1', '--cluster', 'prod'], 'evict_pod', { object: 'pod/web-1', cluster: 'prod' }],
    [['cordon', 'node/n1'], 'cordon_node', { object: 'node/n1' }],
    [['uncordon', 'node/n1'], 'cordon_node', { object: 'node/n1', uncordon: true }],
    [['drain', 'node/n1'], 'drain_node', { object: 'node/n1' }],
    [['undo', id], 'undo_action', { action_id: id }],
  ])('%j plans %s', async (words, tool, args) => {
    expect((await heal(words, undefined)).calls).toEqual([{ tool, args }]);
  });

  it('lists what was done', async () => {
    const asked: unknown[] = [];
    const call = async ({ name }: AnyTool, args: object) => {
      asked.push([name, args]);
      return { requestId: 'r', result: { success: true, actions: [] } as const, text: 'Nothing was planned or done.' };
    };
    const run = await runCommand(register, ['heal', 'list', id, '-n', 'shop'], { call, healing: anIdleService });

    expect(run).toMatchObject({ status: 0, out: 'Nothing was planned or done.\n' });
    expect(asked).toEqual([['list_actions', { action_id: id, namespace: 'shop' }]]);
  });
});

const anIdleService = async () => ({
  options: async () => Promise.reject(new Error('not expected')),
  idle: async () => {},
  busy: false,
  stop: async () => {},
});
