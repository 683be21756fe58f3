import { defineAction } from '../mend/action-tool.ts';

export const evictPod = defineAction({
  name: 'evict_pod',
  title: 'Evict a pod',
  description: `
    Plans the eviction of one pod, within its PodDisruptionBudgets: its controller makes another. Clears Failed or Evicted
    leftovers too.`,
  access: 'destructive',
  permissions: ['create pods/eviction'],
  input: {},
  action: (_input, target) => ({ name: 'evict_pod', target }),
});
