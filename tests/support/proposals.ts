import type { Action } from '../../src/engines/healing/action.ts';
import { AppError } from '../../src/platform/errors.ts';
import type { Approval, Healing } from '../../src/tools/mend/healing.ts';
import type { AnyTool } from '../../src/tools/tool.ts';
import { aRecord } from './action-records.ts';
import { aContext, aReader, aWriter, runTool } from './fake-reader.ts';
import { aType } from './resource-types.ts';

const kinds: Readonly<Record<string, string>> = {
  deployment: 'Deployment',
  statefulset: 'StatefulSet',
  pod: 'Pod',
  node: 'Node',
};

/** What actions need of a process, with time that stands still and nothing in the background. */
export const aHealing = (fields: Partial<Healing> = {}): Healing => ({
  policy: {} as Healing['policy'],
  caller: 'local',
  holder: 'process-1',
  clock: { now: () => 0, pause: async () => {} },
  approveElsewhere: ({ id }) => `kubemend heal approve ${id}`,
  audit: () => {},
  background: () => {},
  ...fields,
});

/** Whether a write tool, so called, proposes just this action: an approval of any other is refused as one of another. */
export async function proposes(
  tool: AnyTool,
  input: Readonly<Record<string, unknown>>,
  action: Action,
): Promise<boolean> {
  const record = aRecord({ action, state: 'healthy', caller: 'local' });
  const approval: Approval = { actionId: record.id, answer: 'approved', by: 'ann' };
  const context = aContext({
    reader: aReader({
      resolve: async (kind) => aType(kinds[kind] ?? kind, { namespaced: kind !== 'node' }),
    }),
    writer: aWriter({
      actions: {
        list: async () => ({ actions: [], unreadable: 0 }),
        get: async () => ({ record, version: '1' }),
        create: async () => Promise.reject(new Error('not expected')),
        replace: async () => Promise.reject(new Error('not expected')),
      },
    }),
    healing: aHealing({ approval }),
  });
  const error: unknown = await runTool(tool, input, context).catch((thrown: unknown) => thrown);
  if (!(error instanceof AppError)) throw error;
  return error.message.includes('was used already');
}
