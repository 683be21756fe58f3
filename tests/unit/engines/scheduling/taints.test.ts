import { expect, it } from 'vitest';
import { taintText, tolerates, tolerationText, untolerated } from '../../../../src/engines/scheduling/taints.ts';
import { anObject } from '../../../support/builders.ts';

const batch = { key: 'dedicated', value: 'batch', effect: 'NoSchedule' };

it.each([
  [{ key: 'dedicated', operator: 'Equal', value: 'batch', effect: 'NoSchedule' }, true],
  [{ key: 'dedicated', value: 'batch' }, true],
  [{ key: 'dedicated', operator: 'Exists' }, true],
  [{ operator: 'Exists' }, true],
  [{ key: 'dedicated', value: 'bach' }, false],
  [{ key: 'dedicated', value: 'batch', effect: 'NoExecute' }, false],
  [{ key: 'gpu', operator: 'Exists' }, false],
  [{}, false],
])('knows whether %j tolerates dedicated=batch:NoSchedule', (toleration, expected) => {
  expect(tolerates(toleration, batch)).toBe(expected);
});

it('compares numbers with Gt and Lt', () => {
  const taint = { key: 'sla', value: '950', effect: 'NoSchedule' };

  expect(tolerates({ key: 'sla', operator: 'Gt', value: '900' }, taint)).toBe(true);
  expect(tolerates({ key: 'sla', operator: 'Lt', value: '900' }, taint)).toBe(false);
});

it('leaves out the cordon and what is only a preference', () => {
  const node = anObject('Node', 'node-1', {
    spec: {
      taints: [
        { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' },
        { key: 'slow', effect: 'PreferNoSchedule' },
        batch,
      ],
    },
  });

  expect(untolerated(node)).toEqual([batch]);
  expect(untolerated(node, [{ key: 'dedicated', operator: 'Exists' }])).toEqual([]);
});

it('writes taints and tolerations as kubectl does', () => {
  expect(taintText(batch)).toBe('dedicated=batch:NoSchedule');
  expect(taintText({ key: 'gpu', effect: 'NoExecute' })).toBe('gpu:NoExecute');
  expect(tolerationText({ key: 'gpu', operator: 'Exists' })).toBe('gpu');
});
