import { describe, expect, it } from 'vitest';
import {
  evictFix,
  restartFix,
  rollbackFix,
  scaleFix,
  targetOf,
  uncordonFix,
} from '../../../../src/engines/diagnosis/heal-fixes.ts';
import { healingTools } from '../../../../src/tools/healing-tools.ts';

const web = { kind: 'Deployment', namespace: 'shop', name: 'web' };
const pod = { kind: 'Pod', namespace: 'shop', name: 'web-1' };
const fixes = [
  restartFix(web, 'r'),
  rollbackFix(web, 3, 'r'),
  scaleFix(web, 2, 'r'),
  evictFix(pod, 'r'),
  uncordonFix('node-1', 'r'),
];

describe('remedies that are actions', () => {
  it('name their object as tools and kubectl take it', () => {
    expect(targetOf(web)).toBe('deployment/web');
    expect(fixes).toEqual([
      { tool: 'restart_workload', arguments: { object: 'deployment/web', namespace: 'shop' }, reason: 'r' },
      {
        tool: 'rollback_workload',
        arguments: { object: 'deployment/web', namespace: 'shop', revision: 3 },
        reason: 'r',
      },
      { tool: 'scale_workload', arguments: { object: 'deployment/web', namespace: 'shop', replicas: 2 }, reason: 'r' },
      { tool: 'evict_pod', arguments: { object: 'pod/web-1', namespace: 'shop' }, reason: 'r' },
      { tool: 'cordon_node', arguments: { object: 'node/node-1', uncordon: true }, reason: 'r' },
    ]);
  });

  it('are calls that the tools take', () => {
    const refused = fixes.flatMap((fix) => {
      const { tool, arguments: args } = fix as { tool: string; arguments: object };
      const found = healingTools.find(({ name }) => name === tool);
      return found?.input.safeParse(args).success === true ? [] : [tool];
    });

    expect(refused).toEqual([]);
  });
});
