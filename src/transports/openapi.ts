import * as z from 'zod';
import { errorTypes } from '../platform/errors.ts';
import type { AnyTool } from '../tools/tool.ts';
import { statusOf } from './status-of.ts';

/** A call of a tool as people would make it, and what came back. */
export interface ToolExample {
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly answer?: Readonly<Record<string, unknown>> | undefined;
}

export interface OpenApiOptions {
  readonly tools: readonly AnyTool[];
  readonly version: string;
  /** By the name of their tool. */
  readonly examples?: Readonly<Record<string, ToolExample>> | undefined;
}

type Json = Readonly<Record<string, unknown>>;

/** The REST face as an OpenAPI 3.1 document: each tool is an operation, named as it is. */
export const openApiOf = ({ tools, version, examples = {} }: OpenApiOptions) => ({
  openapi: '3.1.0',
  info: {
    title: 'kubemend',
    version,
    summary: 'Finds out why Kubernetes workloads are broken and mends them safely.',
    description:
      'The same tools as over MCP and on the command line, through the same pipeline: a success is `success: true` with the fields of the tool, a failure has `error_type` and often a `hint`. Unknown arguments are refused.',
    license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
  },
  tags: [
    { name: 'read', description: 'Changes nothing.' },
    {
      name: 'write',
      description: 'Plans a change and answers 428 with the plan; a person approves it elsewhere. Only with `--heal`.',
    },
    { name: 'service', description: 'The service itself.' },
  ],
  paths: {
    '/api/v1/tools': { get: listing },
    ...Object.fromEntries(
      tools.map((tool) => [`/api/v1/tools/${tool.name}`, { post: operationOf(tool, examples[tool.name]) }]),
    ),
    '/health': { get: health },
    '/ready': { get: readiness },
  },
  // Only where the service asks who calls.
  security: [{}, { bearer: [] }],
  components: {
    schemas: { Failure: failureSchema },
    headers,
    responses: failures,
    securitySchemes: { bearer: { type: 'http', scheme: 'bearer', description: 'An access token for this service.' } },
  },
});

const json = (schema: Json, example?: unknown) => ({
  'application/json': { schema, ...(example !== undefined && { example }) },
});
const answer = (description: string, schema: Json, example?: unknown) => ({
  description,
  headers: Object.fromEntries(Object.keys(headers).map((name) => [name, { $ref: `#/components/headers/${name}` }])),
  content: json(schema, example),
});

const headers = {
  'X-Request-ID': { description: 'Names the call in every log line of it.', schema: { type: 'string' } },
  RateLimit: {
    description: 'Calls that are left in this window, and its end in seconds: `"calls";r=37;t=12`.',
    schema: { type: 'string' },
  },
  'RateLimit-Policy': {
    description: 'Calls that a window has, and its length in seconds: `"calls";q=100;w=60`.',
    schema: { type: 'string' },
  },
};

const failureSchema = {
  type: 'object',
  properties: {
    success: { const: false },
    error: { type: 'string', description: 'What went wrong, in one sentence.' },
    error_type: { enum: errorTypes },
    details: { type: 'object', description: 'Facts for programs.' },
    hint: { type: 'string', description: 'What to do next.' },
  },
  required: ['success', 'error', 'error_type', 'details'],
};

/** What each status of a failure means; several types share one. */
export const failureMeanings: Readonly<Record<number, string>> = {
  400: 'The arguments are not valid; every problem is named.',
  401: 'There is no token, or none that is taken; `WWW-Authenticate` says where to get one.',
  403: 'The cluster, a guard, the policy or the scopes of the token do not allow it.',
  404: 'There is no such object, namespace, cluster or tool.',
  409: 'The object is not as it was, or another process was faster. Nothing has changed.',
  413: 'The body is too large.',
  415: 'The body is no JSON in UTF-8, or is compressed.',
  428: 'A person has to approve the plan in `details`. Nothing has changed.',
  429: 'Too many calls; `Retry-After` says when to call again.',
  500: 'A defect of kubemend; the log has the cause under the request id.',
  502: 'The API server answered with an error.',
  503: 'The API server cannot be reached, or the service is busy.',
  504: 'It did not end within its deadline.',
};

/** A response for each status; where several types share one, the first names it. */
const failureNames: ReadonlyMap<number, string> = new Map([
  [401, 'Unauthorized'],
  [413, 'TooLarge'],
  [415, 'UnsupportedMediaType'],
  ...Object.entries(statusOf)
    .toReversed()
    .map(([type, status]) => [status, pascalCase(type)] as const),
]);

function pascalCase(name: string): string {
  return name.replaceAll(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

const failures = Object.fromEntries(
  [...failureNames].map(([status, name]) => [
    name,
    answer(failureMeanings[status] ?? name, { $ref: '#/components/schemas/Failure' }),
  ]),
);

/** Statuses that only writes have. */
const ofWrites = new Set<number>([statusOf.approval_required, statusOf.conflict]);

const refusals = (tool: AnyTool) =>
  [...failureNames]
    .filter(([status]) => tool.access !== 'read' || !ofWrites.has(status))
    .map(([status, name]) => [String(status), { $ref: `#/components/responses/${name}` }] as const)
    .toSorted(([a], [b]) => a.localeCompare(b));

function operationOf(tool: AnyTool, example: ToolExample | undefined) {
  const { name, title, description, access, input, output, permissions } = tool;
  const { properties = {}, required = [] } = schemaOf(output, 'output');
  const success = {
    type: 'object',
    properties: { success: { const: true }, ...properties },
    required: ['success', ...required],
  };
  return {
    operationId: name,
    summary: title,
    description: permissions.length === 0 ? description : `${description}\n\nNeeds: ${permissions.join(', ')}.`,
    tags: [access === 'read' ? 'read' : 'write'],
    requestBody: { content: json(schemaOf(input, 'input'), example?.arguments) },
    responses: {
      '200': answer(title, success, example?.answer),
      ...Object.fromEntries(refusals(tool)),
    },
  };
}

/** JSON Schema 2020-12 is what OpenAPI 3.1 takes, less the dialect. */
function schemaOf(schema: z.ZodObject, io: 'input' | 'output') {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any', reused: 'inline' });
  return rest;
}

const listing = {
  operationId: 'list_tools',
  summary: 'Which tools there are',
  tags: ['service'],
  responses: {
    '200': answer('The tools, as `tools/list` of MCP shows them.', {
      type: 'object',
      properties: { tools: { type: 'array', items: { type: 'object' } } },
      required: ['tools'],
    }),
  },
};

const health = {
  operationId: 'get_health',
  summary: 'Whether the process lives',
  tags: ['service'],
  responses: {
    '200': answer('It does.', {
      type: 'object',
      properties: { status: { const: 'healthy' }, timestamp: { type: 'string', format: 'date-time' } },
      required: ['status', 'timestamp'],
    }),
  },
};

const statusIs = (status: string) => ({
  type: 'object',
  properties: { status: { const: status } },
  required: ['status'],
});

const readiness = {
  operationId: 'get_readiness',
  summary: 'Whether calls make sense now: the API server answers',
  tags: ['service'],
  responses: { '200': answer('They do.', statusIs('ready')), '503': answer('They do not.', statusIs('not ready')) },
};
