import { defineAction } from '../mend/action-tool.ts';

export const evictPod = defineAction({
  name: 'evict_pod',
  title: 'Evict a pod',
  description: `
    Plans the eviction of one pod, so that its controller makes another; PodDisruptionBudgets are respected. Clears pods
    that are Failed or Evicted for good, too. A person approves it before anything changes.`,
  access: 'destructive',
  permissions: ['create pods/eviction'],
  input: {},
  action: (_input, target) => ({ name: 'evict_pod', target }),
});
