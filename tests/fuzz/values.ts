import fc from 'fast-check';
import * as z from 'zod';
import { catalogue } from '../support/catalogue-calls.ts';

/** Text that somebody sends to see what breaks. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    '..',
    'a/../b',
    '%2e%2e%2f',
    'a\nb',
    'a\r\nX: y',
    '\u0000',
    '\u001b[2J\u001b]0;x\u0007',
    '\u202e\u2066',
    '\ud800',
    'x'.repeat(10_000),
    '__proto__',
    'constructor',
    'toString',
    'kube-system',
    'Ünïcode',
    '🙂/🙂',
    '-1',
    '1e999',
    'null',
    '--help',
    '{{x}}',
    '$(id)',
    "' OR 1=1",
    'deployment/',
    '/web',
    'a/b/c/d',
    'password=hunter2canary',
  ),
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme-ascii', maxLength: 20 }),
);

/** What a caller who knows the cluster would write. */
const knownText = fc.constantFrom(
  'shop',
  'default',
  'web',
  'app',
  'starting',
  'deployment/web',
  'pod/starting',
  'pod/web-5d8f-0',
  'node/node-1',
  'service/web',
  'ingress/shop',
  'secret/db',
  'cronjob/nightly',
  'pods',
  'deploy',
  'Widget',
  'events',
  'get',
  'list',
  'spec.template',
  'status.conditions[0]',
  'app=web',
  'status.phase=Running',
  '64Mi',
  '250m',
  'registry.example/app:0.9',
  'fake',
);

const nested = (depth: number): unknown => {
  let value: unknown = 1;
  for (let level = 0; level < depth; level++) value = level % 2 === 0 ? [value] : { a: value };
  return value;
};

/** Any JSON, deep and with big numbers too. */
export const anyJson: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 8, arbitrary: fc.jsonValue({ maxDepth: 4 }) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 200 }).map(nested) },
  { weight: 1, arbitrary: fc.constantFrom(1e308, -0, Number.MAX_SAFE_INTEGER + 1, 5e-324) },
);

const field = z.looseObject({ type: z.string().optional(), enum: z.array(z.unknown()).optional() });

/** Mostly what the schema of a field asks for. */
function valueOf(schema: z.output<typeof field>): fc.Arbitrary<unknown> {
  const fitting: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
    string: fc.oneof({ weight: 3, arbitrary: knownText }, { weight: 1, arbitrary: hostileText }),
    integer: fc.oneof(fc.integer({ min: 0, max: 50 }), fc.integer(), fc.constantFrom(2 ** 53, 1.5, -1)),
    boolean: fc.boolean(),
    array: fc.array(fc.oneof(knownText, hostileText), { maxLength: 30 }),
  };
  const listed = schema.enum === undefined ? [] : [fc.constantFrom(...schema.enum)];
  const right = fc.oneof(...listed, fitting[schema.type ?? ''] ?? anyJson);
  return fc.oneof({ weight: 9, arbitrary: right }, { weight: 1, arbitrary: anyJson });
}

const inputShape = z.looseObject({
  properties: z.record(z.string(), field),
  required: z.array(z.string()).default([]),
});

/** Arguments of one tool: complete or not, right or nearly, with others that it does not know. */
const argumentsOf = (input: z.ZodType): fc.Arbitrary<unknown> => {
  const { properties, required } = inputShape.parse(z.toJSONSchema(input, { io: 'input' }));
  const known = Object.entries(properties).map(([name, schema]) => [name, valueOf(schema)] as const);
  const whole = fc.record(Object.fromEntries(known), { requiredKeys: required });
  const partial = fc.record(Object.fromEntries(known), { requiredKeys: [] });
  const more = fc.tuple(partial, fc.dictionary(hostileText, anyJson, { maxKeys: 2 })).map(([a, b]) => ({ ...a, ...b }));
  return fc.oneof(
    { weight: 6, arbitrary: whole },
    { weight: 2, arbitrary: partial },
    { weight: 1, arbitrary: more },
    { weight: 1, arbitrary: anyJson },
  );
};

export interface ToolCall {
  readonly name: string;
  readonly args: unknown;
}

const calls = catalogue.map(({ name, input, access }) => ({
  // A plan reads the whole neighbourhood, which takes a hundred times as long as a refusal.
  weight: access === 'read' ? 6 : 1,
  arbitrary: argumentsOf(input).map((args): ToolCall => ({ name, args })),
}));

/** A call of some tool, or of one that there is not. */
export const toolCall: fc.Arbitrary<ToolCall> = fc.oneof(...calls, {
  weight: 2,
  arbitrary: fc.record({ name: hostileText, args: anyJson }),
});
