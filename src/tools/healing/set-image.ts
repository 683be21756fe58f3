import * as z from 'zod';
import { defineAction } from '../mend/action-tool.ts';

export const setImage = defineAction({
  name: 'set_image',
  title: 'Set an image',
  description: `
    Plans another image for one container: one that this workload ran before.`,
  access: 'write',
  permissions: ['patch apps/deployments', 'patch apps/statefulsets', 'patch apps/daemonsets', 'create pods'],
  input: {
    container: z
      .string()
      .regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, 'is no name of a container')
      .describe('Its name.'),
    image: z
      .string()
      .regex(/^[A-Za-z0-9][-A-Za-z0-9._/:@]{0,511}$/, 'is no name of an image')
      .describe('With tag or digest.'),
  },
  action: ({ container, image }, target) => ({ name: 'set_image', target, container, image }),
});
