import { z } from 'zod';
import type { Access, AnyTool } from '../tools/tool.ts';

type JsonSchema = Readonly<Record<string, unknown>>;

/** A tool as `tools/list` and `GET /api/v1/tools` show it. */
export interface ToolDescription {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly inputSchema: JsonSchema & { readonly type: 'object' };
  readonly outputSchema: JsonSchema & { readonly type: 'object' };
  readonly annotations: {
    readonly readOnlyHint: boolean;
    readonly destructiveHint: boolean;
    readonly idempotentHint: boolean;
    readonly openWorldHint: boolean;
  };
}

/** Derived once a catalogue; the order is the catalogue's. */
export const describeTools = (tools: readonly AnyTool[]): readonly ToolDescription[] => tools.map(describeTool);

const describeTool = ({ name, title, description, access, input, output }: AnyTool): ToolDescription => ({
  name,
  title,
  description,
  inputSchema: { type: 'object', ...inputSchemaOf(input) },
  outputSchema: {
    type: 'object',
    properties: { success: { type: 'boolean' }, ...propertiesOf(output), ...failureProperties },
    required: ['success'],
  },
  annotations: annotationsOf(access),
});

/** Clusters are a world that changes under every call, hence open. An action that is planned again is a new action. */
const annotationsOf = (access: Access): ToolDescription['annotations'] => ({
  readOnlyHint: access === 'read',
  destructiveHint: access === 'destructive',
  idempotentHint: access === 'read',
  openWorldHint: true,
});

/** So that a failed result fits the schema as well: 2025-era clients check it too. */
const failureProperties = {
  error: { type: 'string' },
  error_type: { type: 'string' },
  details: { type: 'object' },
  hint: { type: 'string' },
};

function inputSchemaOf(input: z.ZodObject): JsonSchema {
  const { $schema: _dialect, ...schema } = z.toJSONSchema(input, {
    io: 'input',
    override: ({ jsonSchema }) => dropWideBounds(jsonSchema),
  });
  return schema;
}

/** Every `z.int()` is bounded by the safe integers, which tells nobody anything. */
function dropWideBounds(schema: { minimum?: number; maximum?: number }): void {
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum;
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
}

const propertiesOf = (output: z.ZodObject): JsonSchema => {
  const { properties = {} } = z.toJSONSchema(output, { io: 'output', unrepresentable: 'any' });
  return Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, outline(schema, outlineDepth)]));
};

/** Levels of lists and objects that an advertised result shows: the whole `tools/list` has to stay below 12 KB. */
const outlineDepth = 3;

const jsonSchema = z.looseObject({
  type: z.union([z.string(), z.array(z.string())]).optional(),
  enum: z.array(z.unknown()).optional(),
  items: z.unknown().optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
});

/** The shape of a value without its bounds and words; accepts all that the schema accepts. */
function outline(schema: unknown, depth: number): JsonSchema {
  const { type, enum: values, items, properties } = jsonSchema.parse(schema);
  if (values !== undefined) return { enum: values };
  if (type === undefined) return {};
  if (depth <= 1) return { type };
  if (type === 'array') return { type, items: outline(items ?? {}, depth - 1) };
  if (properties === undefined) return { type };
  const outlined = Object.entries(properties).map(([name, property]) => [name, outline(property, depth - 1)]);
  return { type, properties: Object.fromEntries(outlined) };
}
