import * as z from 'zod';
import { defineAction } from '../mend/action-tool.ts';

export const cordonNode = defineAction({
  name: 'cordon_node',
  title: 'Cordon a node',
  description: `
    Plans that a node takes no new pods or, with uncordon, takes them again.`,
  access: 'write',
  permissions: ['patch nodes'],
  input: { uncordon: z.boolean().default(false).describe('Let it take pods again.') },
  action: ({ uncordon }, target) => ({ name: 'cordon_node', target, uncordon }),
});
