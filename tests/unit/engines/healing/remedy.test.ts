import { describe, expect, it } from 'vitest';
import { isRemedy } from '../../../../src/engines/healing/remedy.ts';

const restart = { name: 'restart_workload', target: { kind: 'Deployment', namespace: 'shop', name: 'web' } } as const;
const fix = (tool: string, args: object) => ({ tool, arguments: { ...args }, reason: 'it is stale' });

describe('a remedy', () => {
  it('is this action when tool, object and namespace are the same', () => {
    expect(isRemedy(fix('restart_workload', { object: 'deployment/web', namespace: 'shop' }), restart)).toBe(true);
    expect(isRemedy(fix('restart_workload', { object: 'deployment/web' }), restart)).toBe(true);
  });

  it.each([
    ['another tool', fix('scale_workload', { object: 'deployment/web', namespace: 'shop' })],
    ['another object', fix('restart_workload', { object: 'deployment/api', namespace: 'shop' })],
    ['another namespace', fix('restart_workload', { object: 'deployment/web', namespace: 'other' })],
    ['no object', fix('restart_workload', {})],
    ['advice', { advice: 'wait', reason: 'it heals itself' }],
  ])('is another one with %s', (_, other) => {
    expect(isRemedy(other, restart)).toBe(false);
  });
});
