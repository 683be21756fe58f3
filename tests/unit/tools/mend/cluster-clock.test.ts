import { describe, expect, it } from 'vitest';
import type { SnapshotData } from '../../../../src/engines/snapshot-data.ts';
import type { Reader } from '../../../../src/kubernetes/ports.ts';
import { AppError, type ErrorType } from '../../../../src/platform/errors.ts';
import { clusterClock } from '../../../../src/tools/mend/cluster-clock.ts';
import type { Healing } from '../../../../src/tools/mend/healing.ts';
import { aContext, aReader } from '../../../support/fake-reader.ts';

const ours = Date.parse('2026-01-01T00:00:00Z');
const theirs = '2026-01-01T00:04:00.000Z';
const clock = { now: () => ours } as Healing['clock'];
const answering = (read: Reader['read']) =>
  aContext({ reader: aReader({ read }), healing: { clock } as unknown as Healing });
const taken = { takenAt: theirs } as SnapshotData;

const failing = (code: ErrorType) =>
  answering(async (reads) => {
    if (reads.length > 0) throw new AppError(code, 'no');
    return taken;
  });

describe('the clock of a cluster', () => {
  it('is told by any answer of the API server', async () => {
    expect((await clusterClock(answering(async () => taken))).at()).toBe(theirs);
  });

  it('is told by the answer that somebody may not read', async () => {
    expect((await clusterClock(failing('permission_denied'))).at()).toBe(theirs);
  });

  it.each(['unavailable', 'timeout', 'api_error'] as const)('is unknown while the answer is %s', async (code) => {
    await expect(clusterClock(failing(code))).rejects.toMatchObject({ code });
  });
});
