import * as z from 'zod';
import { defineAction } from '../mend/action-tool.ts';

const amount = (what: string) =>
  z
    .string()
    .regex(/^\d{1,9}(\.\d{1,9})?([mkMGTP]|[KMGTP]i)?$/, 'is no quantity: write 500m, 256Mi')
    .optional()
    .describe(what);

export const resizeWorkload = defineAction({
  name: 'resize_workload',
  title: 'Resize a workload',
  description: `
    Plans new requests or limits of one container, by at most half as much again, twice a day. Mends an OOMKilled
    container whose limit is too low. Of a pod: in place, until it is replaced.`,
  access: 'write',
  permissions: [
    'patch apps/deployments',
    'patch apps/statefulsets',
    'patch apps/daemonsets',
    'create pods',
    'patch pods/resize',
  ],
  input: {
    container: z
      .string()
      .regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, 'is no name of a container')
      .describe('Its name.'),
    memory_limit: amount('Such as 256Mi.'),
    memory_request: amount('Such as 256Mi.'),
    cpu_limit: amount('Such as 500m.'),
    cpu_request: amount('Such as 500m.'),
  },
  action: ({ container, memory_limit, memory_request, cpu_limit, cpu_request }, target) => ({
    name: 'resize_workload',
    target,
    container,
    requests: amounts(cpu_request, memory_request),
    limits: amounts(cpu_limit, memory_limit),
  }),
});

const amounts = (cpu: string | undefined, memory: string | undefined) => ({
  ...(cpu !== undefined && { cpu }),
  ...(memory !== undefined && { memory }),
});
