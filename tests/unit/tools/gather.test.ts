import { describe, expect, it } from 'vitest';
import type { Read, SnapshotData } from '../../../src/engines/snapshot-data.ts';
import type { Reader } from '../../../src/kubernetes/ports.ts';
import { AppError } from '../../../src/platform/errors.ts';
import { gather } from '../../../src/tools/gather.ts';
import { anObject, someData } from '../../support/builders.ts';
import { aContext, aReader } from '../../support/fake-reader.ts';

const readOf = (name: string): Read => ({ verb: 'get', kind: 'Service', namespace: 'shop', name });
const found = (reads: readonly Read[]): SnapshotData =>
  someData({
    objects: reads.flatMap((read) => (read.verb === 'get' ? [anObject('Service', read.name)] : [])),
    reads: reads.map((read) => ({ read, outcome: 'ok' as const })),
    cost: { requests: 1, bytes: 10, durationMs: 1 },
  });
const denied = new AppError('permission_denied', 'get secrets is forbidden');

/** Wants `a`, then `b` once it has `a`, for ever. */
const next = ({ objects }: SnapshotData): readonly Read[] => [
  readOf('a'),
  ...(objects.some(({ metadata }) => metadata.name === 'a') ? [readOf('b')] : []),
];

const gathered = (read: Reader['read'], context = aContext()) => gather(aReader({ read }), next, context);

describe('gather', () => {
  it('reads in rounds, each thing once, and joins what they brought', async () => {
    const rounds: (readonly Read[])[] = [];

    const data = await gathered(async (reads) => {
      rounds.push(reads);
      return found(reads);
    });

    expect(rounds).toEqual([[readOf('a')], [readOf('b')]]);
    expect(data.objects.map(({ metadata }) => metadata.name)).toEqual(['a', 'b']);
    expect(data.reads.length).toBe(2);
    expect(data.cost).toEqual({ requests: 2, bytes: 20, durationMs: 2 });
  });

  it('takes an object that two rounds brought once', async () => {
    const data = await gathered(async () => found([readOf('a')]));

    expect(data.objects.map(({ metadata }) => metadata.name)).toEqual(['a']);
  });

  it('says what a later round was denied, and lets a first one fail', async () => {
    const data = await gathered(async (reads) => {
      if (reads.some((read) => read.verb === 'get' && read.name === 'b')) throw denied;
      return found(reads);
    });

    expect(data.reads.map(({ outcome }) => outcome)).toEqual(['ok', 'denied']);
    await expect(gathered(() => Promise.reject(denied))).rejects.toBe(denied);
  });

  it('never hides an error that is none of ours', async () => {
    const odd = new Error('odd');

    const reading = gathered(async (reads) => {
      if (reads.some((read) => read.verb === 'get' && read.name === 'b')) throw odd;
      return found(reads);
    });

    await expect(reading).rejects.toBe(odd);
  });

  it('does with what it has when the time is over', async () => {
    const enough = new AbortController();
    const context = { ...aContext(), enough: enough.signal };

    const data = await gathered(async (reads, _signal, options) => {
      if (options?.enough?.aborted) throw new AppError('timeout', 'Nothing was answered in 34.0 s.');
      enough.abort();
      return found(reads);
    }, context);

    expect(data.reads).toMatchObject([
      { outcome: 'ok' },
      { outcome: 'failed', message: 'Nothing was answered in 34.0 s.' },
    ]);
  });
});
