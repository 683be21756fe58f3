import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { healingTools } from '../../../src/tools/healing-tools.ts';
import { tools } from '../../../src/tools/index.ts';
import { defineTool } from '../../../src/tools/tool.ts';
import { describeTools } from '../../../src/transports/tool-schemas.ts';

const aTool = (name: string, output: z.ZodObject, access: 'read' | 'write' | 'destructive' = 'read') =>
  defineTool({
    name,
    title: 'T',
    description: 'D',
    access,
    permissions: [],
    input: z.object({ count: z.int().min(1).default(2).describe('How many.') }),
    output,
    run: async () => ({}),
    render: () => '',
  });

const deep = z.object({
  items: z.array(
    z.object({ name: z.string().describe('Name.'), kind: z.enum(['a', 'b']), more: z.object({ x: z.number() }) }),
  ),
  any: z.unknown(),
  either: z.union([z.string(), z.number()]).optional(),
});

describe('describeTools', () => {
  it('shows the input as it is validated', () => {
    const [described] = describeTools([aTool('t', deep)]);

    expect(described?.inputSchema).toEqual({
      type: 'object',
      properties: { count: { type: 'integer', minimum: 1, default: 2, description: 'How many.' } },
      additionalProperties: false,
    });
  });

  it('keeps patterns and lengths to itself', () => {
    const shaped = {
      ...aTool('t', deep),
      input: z.object({ name: z.string().min(1).max(9).regex(/^a/).describe('A.') }),
    };

    expect(describeTools([shaped])[0]?.inputSchema).toMatchObject({
      properties: { name: { type: 'string', description: 'A.' } },
    });
    expect(JSON.stringify(describeTools([shaped]))).not.toMatch(/pattern|Length/);
  });

  it('outlines the result, and leaves room for a failure', () => {
    const [described] = describeTools([aTool('t', deep)]);

    expect(described?.outputSchema).toEqual({
      type: 'object',
      properties: {
        success: { type: 'boolean' },
        items: {
          type: 'array',
          items: {
            type: 'object',
            properties: { name: { type: 'string' }, kind: { enum: ['a', 'b'] }, more: { type: 'object' } },
          },
        },
        any: {},
        either: {},
        error: { type: 'string' },
        error_type: { type: 'string' },
        details: { type: 'object' },
        hint: { type: 'string' },
      },
      required: ['success'],
    });
  });

  it.each([
    ['read', { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: true }],
    ['write', { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: true }],
    ['destructive', { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: true }],
  ] as const)('derives the hints of access %s', (access, annotations) => {
    expect(describeTools([aTool('t', deep, access)])[0]?.annotations).toEqual(annotations);
  });

  it('outlines less when there are many tools', () => {
    const many = Array.from({ length: 17 }, (_, index) => aTool(`tool_${index}`, deep));

    expect(describeTools(many)[0]?.outputSchema['properties']).toMatchObject({ items: { type: 'array' } });
    expect(JSON.stringify(describeTools(many))).not.toContain('"more"');
  });

  it('outlines nothing when there are very many', () => {
    const many = Array.from({ length: 60 }, (_, index) => aTool(`tool_${index}`, deep));

    expect(describeTools(many)[0]?.outputSchema).toEqual({ type: 'object' });
  });

  it.each([
    ['that only reads', tools],
    ['that heals, too', [...tools, ...healingTools]],
  ])('stays below 12 KB for the whole catalogue %s', (_, catalogue) => {
    expect(Buffer.byteLength(JSON.stringify({ tools: describeTools(catalogue) }))).toBeLessThan(12 * 1024);
  });

  it('keeps whole sentences and the names of all arguments when the list has to be short', () => {
    const restart = describeTools([...tools, ...healingTools]).find(({ name }) => name === 'restart_workload');

    expect(restart).toMatchObject({
      description: 'Plans a rolling restart of a Deployment, StatefulSet or DaemonSet.',
      inputSchema: {
        properties: { object: { type: 'string' }, namespace: { type: 'string' }, cluster: { type: 'string' } },
        required: ['object'],
      },
      annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: true },
    });
  });
});
