import { defineAction } from '../mend/action-tool.ts';

export const restartWorkload = defineAction({
  name: 'restart_workload',
  title: 'Restart a workload',
  description: `
    Plans a rolling restart of a Deployment, StatefulSet or DaemonSet. Mends pods that run with stale configuration or
    hang; no help against a missing object, a bad image or a full quota.`,
  access: 'write',
  permissions: ['patch apps/deployments', 'patch apps/statefulsets', 'patch apps/daemonsets'],
  input: {},
  action: (_input, target) => ({ name: 'restart_workload', target }),
});
