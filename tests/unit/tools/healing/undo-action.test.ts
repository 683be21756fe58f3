import { describe, expect, it } from 'vitest';
import { undoAction } from '../../../../src/tools/healing/undo-action.ts';
import { aRecord } from '../../../support/action-records.ts';
import { aContext, aWriter, runTool } from '../../../support/fake-reader.ts';
import { aHealing } from '../../../support/proposals.ts';

/** An action of alice, and whoever asks for its undoing with an approval of something else. */
const undone = (caller: string) => {
  const planned = aRecord();
  const record = aRecord({
    caller: 'alice',
    state: 'healthy',
    applied: planned.target,
    inverse: planned.operations,
  });
  const asked: unknown[] = [];
  const actions = {
    list: async () => ({ actions: [], unreadable: 0 }),
    get: async (...args: readonly unknown[]) => {
      asked.push(args.slice(0, 2));
      return { record, version: '1' };
    },
    create: async () => Promise.reject(new Error('not expected')),
    replace: async () => Promise.reject(new Error('not expected')),
  };
  const approval = { actionId: record.id, answer: 'approved', by: 'ann' } as const;
  const context = aContext({ writer: aWriter({ actions }), healing: aHealing({ caller, approval }) });
  return { record, asked, result: runTool(undoAction, { action_id: record.id }, context) };
};

describe('undo_action', () => {
  it('looks for the action wherever it is, and proposes its way back for the same target', async () => {
    const { record, asked, result } = undone('alice');

    await expect(result).rejects.toMatchObject({ message: 'G3: The approval was for a different action.' });
    expect(asked[0]).toEqual([record.id, { namespace: undefined }]);
    expect(asked.at(-1)).toEqual([record.id, { namespace: 'shop' }]);
  });

  it('does not know the action of another caller', async () => {
    await expect(undone('mallory').result).rejects.toMatchObject({
      code: 'not_found',
      message: 'There is no such action.',
    });
  });

  it('takes no id that is none', () => {
    expect(undoAction.input.safeParse({ action_id: '../leases' }).success).toBe(false);
    expect(undoAction.input.safeParse({ action_id: 'l'.repeat(26) }).success).toBe(false);
  });
});
