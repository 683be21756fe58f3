import * as z from 'zod';
import { defineAction } from '../mend/action-tool.ts';

const most = 10_000;

export const scaleWorkload = defineAction({
  name: 'scale_workload',
  title: 'Scale a workload',
  description: `
    Plans a new replica count for a Deployment, a StatefulSet or anything with a scale subresource. Refused where an
    autoscaler owns the count.`,
  access: 'write',
  permissions: ['patch apps/deployments', 'patch apps/statefulsets'],
  input: { replicas: z.int().min(0).max(most).describe('Wanted replicas.') },
  action: ({ replicas }, target) => ({ name: 'scale_workload', target, replicas }),
});
