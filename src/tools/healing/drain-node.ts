import { defineAction } from '../mend/action-tool.ts';

export const drainNode = defineAction({
  name: 'drain_node',
  title: 'Drain a node',
  description: `
    Plans to cordon a node and to evict its pods, within their PodDisruptionBudgets; those of DaemonSets stay.`,
  access: 'destructive',
  permissions: ['patch nodes', 'create pods/eviction'],
  input: {},
  action: (_input, target) => ({ name: 'drain_node', target }),
});
