import * as z from 'zod';
import type { Access, AnyTool } from '../tools/tool.ts';
import { viewUri } from './mcp-view.ts';

type JsonSchema = Readonly<Record<string, unknown>>;

/** A tool as `tools/list` and `GET /api/v1/tools` show it. */
export interface ToolDescription {
  readonly name: string;
  /** Absent where its name has to do. */
  readonly title?: string;
  readonly description: string;
  readonly inputSchema: JsonSchema & { readonly type: 'object' };
  readonly outputSchema: JsonSchema & { readonly type: 'object' };
  readonly annotations: {
    readonly readOnlyHint: boolean;
    readonly destructiveHint: boolean;
    readonly idempotentHint: boolean;
    readonly openWorldHint: boolean;
  };
  readonly _meta?: { readonly ui: { readonly resourceUri: string } };
}

/** What a client pays for in every conversation: the whole of `tools/list` stays below 12 KB. */
const maxListBytes = 11_500;

/**
 * Derived once a catalogue, in its order; results are outlined as deeply as the size of the list allows, at 0 not at all.
 * What no model needs to be told about arguments is left out last.
 */
export function describeTools(tools: readonly AnyTool[]): readonly ToolDescription[] {
  const atDepth = (depth: number) => tools.map((tool) => describeTool(tool, depth));
  const candidates = [3, 2, 1, 0].map(atDepth);
  const fits = (list: readonly ToolDescription[]) => Buffer.byteLength(JSON.stringify(list)) <= maxListBytes;
  return candidates.find(fits) ?? atDepth(0).map(brief);
}

/** Arguments that every tool has, and whose names say all. */
const wellKnown: ReadonlySet<string> = new Set([
  'namespace',
  'cluster',
  'cursor',
  'all_namespaces',
  'action_id',
  'limit',
  'container',
]);

/** The first sentences, one at least, and what belongs to an argument's name; a bad value is told in words anyway. */
function brief({ inputSchema, description, title: _title, ...tool }: ToolDescription): ToolDescription {
  const properties = Object.entries(argumentsOf.parse(inputSchema).properties).map(
    ([name, { description: words = '', minimum: _least, maximum: _most, default: _usual, ...shape }]) =>
      [
        name,
        wellKnown.has(name) || words === '' ? shape : { ...shape, description: begun(words, briefWords) },
      ] as const,
  );
  const { additionalProperties: _strict, ...kept } = inputSchema;
  return {
    ...tool,
    description: begun(description, briefDescription),
    inputSchema: { ...kept, properties: Object.fromEntries(properties) },
    outputSchema: { type: 'object' },
  };
}

const briefDescription = 160;
const briefWords = 30;

/** As many whole sentences as have room, and the first one in any case. */
function begun(text: string, room: number): string {
  const [first = text, ...more] = text.split(/(?<=\.) /);
  return more.reduce(
    ({ kept, full }, next) =>
      full || kept.length + next.length > room ? { kept, full: true } : { kept: `${kept} ${next}`, full },
    { kept: first, full: false },
  ).kept;
}

const argumentsOf = z.looseObject({
  properties: z.record(z.string(), z.looseObject({ description: z.string().optional() })),
});

const describeTool = (tool: AnyTool, depth: number): ToolDescription => ({
  name: tool.name,
  title: tool.title,
  description: tool.description,
  inputSchema: { type: 'object', ...inputSchemaOf(tool.input) },
  outputSchema: {
    type: 'object',
    properties: {
      success: { type: 'boolean' },
      ...(depth > 0 && { ...propertiesOf(tool.output, depth), ...failureProperties }),
    },
    required: ['success'],
  },
  annotations: annotationsOf(tool.access),
  ...(tool.shown === true && { _meta: { ui: { resourceUri: viewUri } } }),
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
    override: ({ jsonSchema }) => {
      dropWideBounds(jsonSchema);
      dropShape(jsonSchema);
    },
  });
  return schema;
}

/** Every `z.int()` is bounded by the safe integers, which tells nobody anything. */
function dropWideBounds(schema: { minimum?: number; maximum?: number }): void {
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum;
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
}

/** Patterns and lengths guard us; whoever breaks them is told so in words, which models read better. */
function dropShape(schema: { pattern?: string; minLength?: number; maxLength?: number }): void {
  delete schema.pattern;
  delete schema.minLength;
  delete schema.maxLength;
}

const propertiesOf = (output: z.ZodObject, depth: number): JsonSchema => {
  const { properties = {} } = z.toJSONSchema(output, { io: 'output', unrepresentable: 'any' });
  return Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, outline(schema, depth)]));
};

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
  // Some clients cannot read a list of types.
  if (typeof type !== 'string') return {};
  if (depth <= 1) return { type };
  if (type === 'array') return { type, items: outline(items ?? {}, depth - 1) };
  if (properties === undefined) return { type };
  const outlined = Object.entries(properties).map(([name, property]) => [name, outline(property, depth - 1)]);
  return { type, properties: Object.fromEntries(outlined) };
}
