import { describe, expect, it } from 'vitest';
import { meetsAffinity, mismatchOf, requirementText } from '../../../../src/engines/scheduling/node-affinity.ts';
import { anObject } from '../../../support/builders.ts';

const aNode = (name: string, labels: Record<string, string>) => anObject('Node', name, { metadata: { labels } });
const nodes = [
  aNode('node-1', { disk: 'ssd', zone: 'a', cores: '8' }),
  aNode('node-2', { disk: 'hdd', zone: 'b', cores: '16' }),
];
const terms = (...all: object[]) => ({
  affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: all } } },
});
const expressions = (...all: object[]) => terms({ matchExpressions: all });
const textsOf = (spec: object) => mismatchOf(nodes, spec)?.requirements.map(requirementText);

describe('a node', () => {
  it.each([
    ['no demands', {}, true],
    ['its label', { nodeSelector: { disk: 'ssd' } }, true],
    ['another label', { nodeSelector: { disk: 'nvme' } }, false],
    [
      'one alternative of two',
      terms(
        { matchExpressions: [{ key: 'disk', operator: 'In', values: ['nvme'] }] },
        { matchExpressions: [{ key: 'zone', operator: 'Exists' }] },
      ),
      true,
    ],
    ['an empty alternative', terms({}), false],
    ['more cores', expressions({ key: 'cores', operator: 'Gt', values: ['8'] }), false],
    ['its name', terms({ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['node-1'] }] }), true],
  ])('is asked for %s', (_, spec, expected) => {
    expect(meetsAffinity(nodes[0] ?? aNode('none', {}), spec)).toBe(expected);
  });
});

describe('the mismatch', () => {
  it('names the value that is nearest first', () => {
    const mismatch = mismatchOf(nodes, { nodeSelector: { disk: 'sssd', zone: 'a' } });

    expect(mismatch?.requirements.map(requirementText)).toEqual(['disk=sssd']);
    expect(mismatch?.present).toEqual(['ssd', 'hdd']);
  });

  it('names a label that resembles one that no node has', () => {
    expect(mismatchOf(nodes, { nodeSelector: { zones: 'a' } })?.nearestKey).toBe('zone');
  });

  it('names requirements that nodes meet only apart', () => {
    expect(textsOf({ nodeSelector: { disk: 'ssd', zone: 'b' } })).toEqual(['disk=ssd', 'zone=b']);
  });

  it('names every requirement that no node meets', () => {
    expect(
      textsOf(expressions({ key: 'gpu', operator: 'Exists' }, { key: 'zone', operator: 'NotIn', values: ['a', 'b'] })),
    ).toEqual(['gpu', 'zone not in (a, b)']);
  });

  it('is taken from the alternative that comes nearest', () => {
    const far = {
      matchExpressions: [
        { key: 'gpu', operator: 'Exists' },
        { key: 'arch', operator: 'Exists' },
      ],
    };
    const near = { matchExpressions: [{ key: 'cores', operator: 'Gt', values: ['32'] }] };

    expect(textsOf(terms(far, near))).toEqual(['cores > 32']);
  });

  it('is none when a node meets all', () => {
    expect(mismatchOf(nodes, { nodeSelector: { disk: 'ssd' } })).toBeUndefined();
  });

  it.each([
    ['In', ['a', 'b'], 'k in (a, b)'],
    ['DoesNotExist', [], '!k'],
    ['Lt', ['3'], 'k < 3'],
    ['Like', ['x'], 'k Like x'],
  ])('writes %s', (operator, values, text) => {
    expect(requirementText({ key: 'k', operator, values, field: 'nodeSelector', byName: false })).toBe(text);
  });
});
