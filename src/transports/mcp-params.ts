import * as z from 'zod';

/**
 * What requests of the specification take. Given to the SDK beside each handler: with its own schemas it answers what does
 * not fit with -32603 "Internal error" and pages of JSON (@modelcontextprotocol/server 2.4); with ours, -32602.
 */
export const listParams = z.looseObject({ cursor: z.string().optional() });
export const readParams = z.looseObject({ uri: z.string() });
export const promptParams = z.looseObject({
  name: z.string(),
  arguments: z.record(z.string(), z.string()).optional(),
});
export const completionParams = z.looseObject({
  ref: z.discriminatedUnion('type', [
    z.object({ type: z.literal('ref/prompt'), name: z.string() }),
    z.object({ type: z.literal('ref/resource'), uri: z.string() }),
  ]),
  argument: z.object({ name: z.string(), value: z.string() }),
  context: z.object({ arguments: z.record(z.string(), z.string()).optional() }).optional(),
});
export type CompletionParams = z.output<typeof completionParams>;
