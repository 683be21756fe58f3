import * as z from 'zod';
import { defineAction } from '../mend/action-tool.ts';

export const rollbackWorkload = defineAction({
  name: 'rollback_workload',
  title: 'Roll a workload back',
  description: `
    Plans going back to an earlier pod template: by default that of the newest revision that was seen healthy, which need
    not be the one before.`,
  access: 'write',
  permissions: [
    'patch apps/deployments',
    'patch apps/statefulsets',
    'patch apps/daemonsets',
    'create pods',
    'create pods/eviction',
  ],
  input: { revision: z.int().min(1).optional().describe('Default: the newest healthy one.') },
  action: ({ revision }, target) => ({
    name: 'rollback_workload',
    target,
    ...(revision !== undefined && { revision }),
  }),
});
