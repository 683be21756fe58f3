import * as z from 'zod';
import { defineTool } from '../../src/tools/tool.ts';

/** A tool that costs nothing: what a call of it takes is what is around it. */
export const echo = defineTool({
  name: 'echo',
  title: 'Echo',
  description: 'Says what it is told.',
  access: 'read',
  permissions: [],
  input: z.object({ text: z.string().describe('What to say.') }),
  output: z.object({ text: z.string() }),
  run: async ({ text }) => ({ text }),
  render: ({ text }) => text,
});
