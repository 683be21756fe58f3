import { describe, expect, it } from 'vitest';
import { blindSpotsOf, hidesFaults } from '../../../../src/engines/diagnosis/blind-spots.ts';
import { diagnose } from '../../../../src/engines/diagnosis/diagnose.ts';
import type { ReadResult } from '../../../../src/engines/snapshot-data.ts';
import { someData } from '../../../support/builders.ts';

const denied = (namespace: string): ReadResult => ({
  read: { verb: 'list', kind: 'Pod', namespace, as: 'table' },
  outcome: 'denied',
  message: `pods is forbidden in ${namespace}`,
});
const namespaces = ['a', 'b', 'c', 'd', 'e'];
const got = (kind: string, outcome: ReadResult['outcome']): ReadResult => ({
  read: { verb: 'get', kind, namespace: 'shop', name: 'web' },
  outcome,
});

describe('what could not be read', () => {
  it('is one line for many namespaces', () => {
    expect(blindSpotsOf(namespaces.map(denied)).map(({ what, why }) => [what, why])).toEqual([
      ['Pod in 5 namespaces (a, b, c, …)', 'pods is forbidden in a'],
    ]);
  });

  it('is a line each for a few', () => {
    expect(blindSpotsOf(namespaces.slice(0, 3).map(denied)).map(({ what }) => what)).toEqual([
      'Pod in a',
      'Pod in b',
      'Pod in c',
    ]);
  });

  it('is said once, not as a risk as well', () => {
    const { blind_spots, risks } = diagnose({ ...someData({ reads: namespaces.map(denied) }), scope: {} });

    expect(blind_spots).toHaveLength(1);
    expect(risks).toEqual([]);
  });

  it.each([
    ['live', got('ConfigMap', 'failed'), true],
    ['live', got('ConfigMap', 'denied'), false],
    ['shop.tgz', got('ConfigMap', 'failed'), false],
    ['shop.tgz', got('ConfigMap', 'truncated'), true],
  ])('hides faults: from %s, %j: %s', (source, read, hides) => {
    expect(hidesFaults({ source, reads: [read], scope: { namespace: 'shop' } })).toBe(hides);
  });
});
