import type { AnyTool } from './tool.ts';

/** Every tool, in the order in which they are shown. */
export const tools: readonly AnyTool[] = [];
