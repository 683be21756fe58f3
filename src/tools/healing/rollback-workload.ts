import * as z from 'zod';
import { defineAction } from '../mend/action-tool.ts';

export const rollbackWorkload = defineAction({
  name: 'rollback_workload',
  title: 'Roll a workload back',
  description: `
    Plans going back to an earlier pod template of a Deployment, StatefulSet or DaemonSet: the newest revision that was
    seen healthy, which need not be the one before. A person approves it before anything changes.`,
  access: 'write',
  permissions: ['patch apps/deployments', 'patch apps/statefulsets', 'patch apps/daemonsets', 'create pods/eviction'],
  input: { revision: z.int().min(1).optional().describe('Default: the newest healthy one.') },
  action: ({ revision }, target) => ({
    name: 'rollback_workload',
    target,
    ...(revision !== undefined && { revision }),
  }),
});
