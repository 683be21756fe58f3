import { describe, expect, it } from 'vitest';
import { preconditionOf } from '../../../../src/engines/healing/action.ts';
import { AppError } from '../../../../src/platform/errors.ts';
import { goBack } from '../../../../src/tools/mend/go-back.ts';
import { aWriter } from '../../../support/fake-reader.ts';
import { aLiveDeployment, aRecord } from '../../../support/healing.ts';

const { target } = aLiveDeployment({ metadata: { resourceVersion: '9', generation: 4 } });
const record = aRecord({ inverse: [{ verb: 'scale', on: preconditionOf(aLiveDeployment().target), replicas: 3 }] });

async function tried(fault?: AppError) {
  const sent: unknown[] = [];
  const writer = aWriter({
    apply: async (operation, { actionId }) => {
      sent.push([operation.on.resourceVersion, actionId]);
      if (fault !== undefined) throw fault;
      return target;
    },
  });
  const healing = { clock: { now: () => 0, pause: async () => {} }, audit: () => {} };
  const way = await goBack(record, target, { writer, healing, signal: new AbortController().signal }).catch(
    (thrown: unknown) => thrown,
  );
  return { way, sent };
}

describe('the way back', () => {
  it('is written to the object as it is now, under a name of its own', async () => {
    expect(await tried()).toEqual({ way: 'gone', sent: [['9', 'a1.back']] });
  });

  it('is tried again when the object moved, or the API server is busy', async () => {
    expect((await tried(new AppError('conflict', 'It moved.'))).way).toBe('again');
    expect((await tried(new AppError('api_error', 'Busy.', { details: { status: 429 } }))).way).toBe('again');
  });

  it('is said to have failed when it is refused', async () => {
    expect((await tried(new AppError('refused', 'A webhook says no.'))).way).toEqual({ failure: 'A webhook says no.' });
  });

  it('is left open when the API server is away', async () => {
    const away = new AppError('unavailable', 'Away.', { details: { effect: 'none' } });

    expect((await tried(away)).way).toBe(away);
  });
});
