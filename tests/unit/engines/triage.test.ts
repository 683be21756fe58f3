import { describe, expect, it } from 'vitest';
import { nextReads } from '../../../src/engines/reads.ts';
import type { Read, Scope } from '../../../src/engines/snapshot-data.ts';
import { firstReads, watchedKinds } from '../../../src/engines/triage.ts';
import { someData } from '../../support/builders.ts';

const scopes: readonly (readonly [string, Scope])[] = [
  ['the cluster', {}],
  ['a namespace', { namespace: 'shop' }],
  ['a workload', { namespace: 'shop', object: { kind: 'Deployment', namespace: 'shop', name: 'web' } }],
];
const kindOf = (read: Read): string => (read.verb === 'log' ? 'log' : read.kind);

describe('firstReads', () => {
  it.each(scopes)('are among what the engine wants to read of %s', (_what, scope) => {
    expect(nextReads(someData({ scope }))).toEqual(expect.arrayContaining([...firstReads(scope)]));
  });

  it('list kinds that a watch follows, and the namespace', () => {
    const kinds = new Set(firstReads({ namespace: 'shop' }).map(kindOf));

    expect([...kinds].filter((kind) => !watchedKinds.includes(kind))).toEqual(['Namespace']);
  });

  it('leave out the events of pods that only start', () => {
    const events = firstReads({ namespace: 'shop' }).find((read) => kindOf(read) === 'Event');

    expect(events).toMatchObject({
      fieldSelector: 'reason!=Scheduled,reason!=Created,reason!=Started,reason!=SuccessfulCreate',
    });
  });
});
