import { describe, expect, it } from 'vitest';
import type { ActionRecord } from '../../../../src/engines/healing/record.ts';
import { AppError } from '../../../../src/platform/errors.ts';
import { listActions } from '../../../../src/tools/healing/list-actions.ts';
import { aRecord } from '../../../support/action-records.ts';
import { aContext, aWriter, runTool } from '../../../support/fake-reader.ts';
import { aHealing } from '../../../support/proposals.ts';

const unused = async () => Promise.reject(new Error('not expected'));

/** What alice gets of a store that holds these. */
function listed(records: readonly ActionRecord[], input: object, { unreadable = 0, denied = false } = {}) {
  const places: unknown[] = [];
  const actions = {
    list: async ({ namespace }: { namespace?: string | undefined }) => {
      places.push(namespace);
      return { actions: records.map((record) => ({ record, version: '1' })), unreadable };
    },
    get: async (id: string, { namespace }: { namespace?: string | undefined }) => {
      places.push(namespace);
      if (denied && namespace === undefined) throw new AppError('permission_denied', 'no');
      const record = records.find((each) => each.id === id);
      if (record === undefined) throw new AppError('not_found', 'There is no such action.');
      return { record, version: '1' };
    },
    create: unused,
    replace: unused,
  };
  const context = aContext({ writer: aWriter({ actions }), healing: aHealing({ caller: 'alice' }) });
  return { places, result: runTool(listActions, { ...input }, context) };
}

const mine = aRecord({ state: 'healthy', approvedBy: 'bob' });
const older = aRecord({ state: 'declined' });

describe('list_actions', () => {
  it('lists the actions of whoever asks, in their namespace', async () => {
    const { places, result } = listed([mine, older, aRecord({ caller: 'mallory' })], {});
    const { data, text } = await result;

    expect(data).toMatchObject({ actions: [{ action_id: mine.id }, { action_id: older.id }], more: 0, unreadable: 0 });
    expect(text).toContain('APPROVED BY');
    expect(text).toMatch(new RegExp(`healthy +restart_workload +Deployment/web +bob +${mine.id}`));
    expect(places).toEqual(['shop', 'shop']);
  });

  it('shows one with all of its steps', async () => {
    const { text } = await listed([mine, older], { action_id: mine.id }).result;

    expect(text).toContain('planned (alice)');
  });

  it('says how many more there are, and how many cannot be read', async () => {
    const { data, text } = await listed([mine, older], { limit: 1 }, { unreadable: 2 }).result;

    expect(data).toMatchObject({ more: 1, unreadable: 2 });
    expect(text).toContain('1 older: raise limit');
    expect(text).toContain('2 records are not readable');
  });

  it('says that there is nothing', async () => {
    expect((await listed([], {}).result).text).toBe('Nothing was planned or done.');
  });

  it('looks for an id everywhere, or beside the nodes where that is not permitted', async () => {
    expect(listed([mine], { action_id: mine.id }).places).not.toContain('default');

    const { places, result } = listed([mine], { action_id: mine.id }, { denied: true });
    await result;
    expect(places).toEqual(['shop', undefined, 'default']);
  });

  it('answers the same for an action of another caller as for none', async () => {
    const foreign = aRecord({ caller: 'mallory' });
    const answerTo = (records: readonly ActionRecord[]) =>
      listed(records, { action_id: foreign.id }).result.catch(({ code, message }: AppError) => `${code}: ${message}`);

    expect(await answerTo([foreign])).toBe('not_found: There is no such action.');
    expect(await answerTo([])).toBe(await answerTo([foreign]));
  });
});
