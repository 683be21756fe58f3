/** The tools, prompts and resources that the conformance suite asks for, by their names; served on our own HTTP stack. */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type CallToolResult,
  createRequestStateCodec,
  fromJsonSchema,
  type InputRequests,
  inputRequired,
  inputResponse,
  McpServer,
  type McpServerFactory,
  ProtocolError,
  ProtocolErrorCode,
  ResourceTemplate,
  type ServerContext,
} from '@modelcontextprotocol/server';
import * as z from 'zod';

const described = (description: string) => ({ description, inputSchema: z.object({}) });
const text = (words: string): CallToolResult => ({ content: [{ type: 'text', text: words }] });
/** One red pixel, and a sound of no length. */
const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==';
const wav = 'UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQAAAAA=';
const image = { type: 'image', data: png, mimeType: 'image/png' } as const;

const codec = createRequestStateCodec<{ step: string }>({
  key: new Uint8Array(32).fill(7),
  ttlSeconds: 60,
  bind: ({ mcpReq }) => mcpReq.method,
});

const form = (properties: Readonly<Record<string, object>>, required: readonly string[] = Object.keys(properties)) =>
  ({ type: 'object', properties, required: [...required] }) as never;
const elicit = (message: string, properties: Readonly<Record<string, object>>, required?: readonly string[]) =>
  inputRequired.elicit({ message, requestedSchema: form(properties, required) });
const sampling = (words: string, maxTokens = 100) =>
  inputRequired.createMessage({ messages: [{ role: 'user', content: { type: 'text', text: words } }], maxTokens });

/** Whether all of these were answered, and with what. */
function answersTo({ mcpReq }: ServerContext, keys: readonly string[]) {
  const answers = keys.map((key) => inputResponse(mcpReq.inputResponses, key));
  return answers.some(({ kind }) => kind === 'missing') ? undefined : JSON.stringify(answers);
}

/** A tool that asks once and then tells what it heard. */
const asking =
  (requests: InputRequests, told: (heard: string) => string, step?: string) =>
  async (_: object, context: ServerContext) => {
    const heard = answersTo(context, Object.keys(requests));
    if (heard !== undefined) return text(told(heard));
    return inputRequired({
      inputRequests: requests,
      ...(step !== undefined && { requestState: await codec.mint({ step }, context) }),
    });
  };

const capabilities = z.looseObject({ 'io.modelcontextprotocol/clientCapabilities': z.record(z.string(), z.unknown()) });
const declared = ({ mcpReq }: ServerContext) =>
  capabilities.safeParse(mcpReq.envelope).data?.['io.modelcontextprotocol/clientCapabilities'] ?? {};

function addContentTools(server: McpServer): void {
  server.registerTool('test_simple_text', described('Text.'), () =>
    text('This is a simple text response for testing.'),
  );
  server.registerTool('test_image_content', described('An image.'), () => ({ content: [image] }));
  server.registerTool('test_audio_content', described('A sound.'), () => ({
    content: [{ type: 'audio', data: wav, mimeType: 'audio/wav' }],
  }));
  server.registerTool('test_embedded_resource', described('A resource.'), () => ({
    content: [
      {
        type: 'resource',
        resource: {
          uri: 'test://embedded-resource',
          mimeType: 'text/plain',
          text: 'This is an embedded resource content.',
        },
      },
    ],
  }));
  server.registerTool('test_multiple_content_types', described('Several.'), () => ({
    content: [
      { type: 'text', text: 'Multiple content types test:' },
      image,
      {
        type: 'resource',
        resource: {
          uri: 'test://mixed-content-resource',
          mimeType: 'application/json',
          text: '{"test":"data","value":123}',
        },
      },
    ],
  }));
  server.registerTool('test_error_handling', described('An error.'), () => {
    throw new Error('This tool intentionally returns an error for testing');
  });
  server.registerTool(
    'json_schema_2020_12_tool',
    {
      description: 'Tool with JSON Schema 2020-12 features',
      inputSchema: fromJsonSchema({
        $schema: 'https://json-schema.org/draft/2020-12/schema',
        type: 'object',
        $defs: {
          address: {
            $anchor: 'addressDef',
            type: 'object',
            properties: { street: { type: 'string' }, city: { type: 'string' } },
          },
        },
        properties: {
          name: { type: 'string' },
          address: { $ref: '#/$defs/address' },
          contactMethod: { type: 'string', enum: ['phone', 'email'] },
          phone: { type: 'string' },
          email: { type: 'string' },
        },
        allOf: [{ anyOf: [{ required: ['phone'] }, { required: ['email'] }] }],
        if: { properties: { contactMethod: { const: 'phone' } }, required: ['contactMethod'] },
        // A keyword of JSON Schema.
        // oxlint-disable-next-line unicorn/no-thenable
        then: { required: ['phone'] },
        else: { required: ['email'] },
        additionalProperties: false,
      }),
    },
    () => text('taken'),
  );
}

function addTellingTools(server: McpServer): void {
  server.registerTool('test_tool_with_logging', described('Logs.'), async (_, { mcpReq }) => {
    for (const words of ['Tool execution started', 'Tool processing data', 'Tool execution completed']) {
      await mcpReq.log('info', words);
      await sleep(50);
    }
    return text('logged');
  });
  server.registerTool('test_logging_tool', described('Logs.'), async (_, { mcpReq }) => {
    await mcpReq.log('info', 'only for those who asked');
    return text('logged');
  });
  server.registerTool('test_tool_with_progress', described('Tells how far it is.'), async (_, { mcpReq }) => {
    const progressToken = mcpReq._meta?.progressToken;
    for (const progress of [0, 50, 100]) {
      if (progressToken !== undefined)
        await mcpReq.notify({ method: 'notifications/progress', params: { progressToken, progress, total: 100 } });
      await sleep(50);
    }
    return text('done');
  });
}

function addAskingTools(server: McpServer): void {
  const name = { user_name: elicit('What is your name?', { name: { type: 'string' } }) };
  const roots = { client_roots: inputRequired.listRoots() };
  const tools: Readonly<Record<string, ReturnType<typeof asking>>> = {
    test_input_required_result_elicitation: asking(name, (heard) => `Hello, ${heard}!`),
    test_input_required_result_sampling: asking(
      { capital_question: sampling('What is the capital of France?') },
      (heard) => heard,
    ),
    test_input_required_result_list_roots: asking(roots, (heard) => heard),
    test_input_required_result_request_state: asking(
      { confirm: elicit('Please confirm', { ok: { type: 'boolean' } }) },
      () => 'state-ok',
      'confirm',
    ),
    test_input_required_result_tampered_state: asking(
      { confirm: elicit('Please confirm', { ok: { type: 'boolean' } }) },
      () => 'state-ok',
      'confirm',
    ),
    test_input_required_result_multiple_inputs: asking(
      { ...name, greeting: sampling('Generate a greeting', 50), ...roots },
      (heard) => heard,
      'all',
    ),
    test_streaming_elicitation: asking(name, (heard) => heard),
    test_elicitation_sep1034_defaults: asking(
      {
        all: elicit(
          'Defaults',
          {
            name: { type: 'string', default: 'John Doe' },
            age: { type: 'integer', default: 30 },
            score: { type: 'number', default: 95.5 },
            status: { type: 'string', enum: ['active', 'inactive', 'pending'], default: 'active' },
            verified: { type: 'boolean', default: true },
          },
          [],
        ),
      },
      (heard) => `Elicitation completed: ${heard}`,
    ),
    test_elicitation_sep1330_enums: asking(
      { all: elicit('Enums', enums, []) },
      (heard) => `Elicitation completed: ${heard}`,
    ),
  };
  for (const [tool, run] of Object.entries(tools)) server.registerTool(tool, described('Asks.'), run);
  server.registerTool(
    'test_elicitation',
    { description: 'Asks.', inputSchema: z.object({ message: z.string() }) },
    ({ message }, context) =>
      asking(
        {
          user: elicit(message, {
            username: { type: 'string', description: "User's response" },
            email: { type: 'string', description: "User's email address" },
          }),
        },
        (heard) => `User response: ${heard}`,
      )({}, context),
  );
  server.registerTool(
    'test_sampling',
    { description: 'Asks a model.', inputSchema: z.object({ prompt: z.string() }) },
    ({ prompt }, context) => asking({ answer: sampling(prompt) }, (heard) => `LLM response: ${heard}`)({}, context),
  );
  server.registerTool('test_input_required_result_multi_round', described('Asks twice.'), async (_, context) => {
    const { step } = z.object({ step: z.string() }).safeParse(context.mcpReq.requestState()).data ?? { step: '' };
    if (step === 'second') return text('done');
    const next =
      step === 'first'
        ? { step2: elicit('Step 2: What is your favorite color?', { color: { type: 'string' } }) }
        : { step1: elicit('Step 1: What is your name?', { name: { type: 'string' } }) };
    return inputRequired({
      inputRequests: next,
      requestState: await codec.mint({ step: step === 'first' ? 'second' : 'first' }, context),
    });
  });
  server.registerTool('test_input_required_result_capabilities', described('Asks what it may.'), (_, context) => {
    const may = declared(context);
    return inputRequired({
      inputRequests: {
        ...('elicitation' in may && name),
        ...('sampling' in may && { answer: sampling('Hello?') }),
      },
    });
  });
  server.registerTool(
    'test_missing_capability',
    described('Needs a model.'),
    asking({ answer: sampling('Hello?') }, (heard) => heard),
  );
}

const enums = {
  untitledSingle: { type: 'string', enum: ['option1', 'option2', 'option3'] },
  titledSingle: {
    type: 'string',
    oneOf: ['First', 'Second', 'Third'].map((title, index) => ({
      const: `value${index + 1}`,
      title: `${title} Option`,
    })),
  },
  legacyEnum: {
    type: 'string',
    enum: ['opt1', 'opt2', 'opt3'],
    enumNames: ['Option One', 'Option Two', 'Option Three'],
  },
  untitledMulti: { type: 'array', items: { type: 'string', enum: ['option1', 'option2', 'option3'] } },
  titledMulti: {
    type: 'array',
    items: {
      anyOf: ['First', 'Second', 'Third'].map((title, index) => ({
        const: `value${index + 1}`,
        title: `${title} Choice`,
      })),
    },
  },
};

function addResources(server: McpServer): void {
  const [plain, binary] = ['test://static-text', 'test://static-binary'];
  server.registerResource('static-text', plain, { mimeType: 'text/plain', description: 'Text.' }, () => ({
    contents: [{ uri: plain, mimeType: 'text/plain', text: 'This is the content of the static text resource.' }],
  }));
  server.registerResource('static-binary', binary, { mimeType: 'image/png', description: 'An image.' }, () => ({
    contents: [{ uri: binary, mimeType: 'image/png', blob: png }],
  }));
  server.registerResource(
    'template',
    new ResourceTemplate('test://template/{id}/data', { list: undefined }),
    { mimeType: 'application/json', description: 'Data by its id.' },
    ({ href }, { id }) => ({
      contents: [
        {
          uri: href,
          mimeType: 'application/json',
          text: JSON.stringify({ id, templateTest: true, data: `Data for ID: ${String(id)}` }),
        },
      ],
    }),
  );
  server.server.setRequestHandler('resources/subscribe', () => ({}));
  server.server.setRequestHandler('resources/unsubscribe', () => ({}));
}

function addPrompts(server: McpServer): void {
  const user = (words: string) => ({ role: 'user', content: { type: 'text', text: words } }) as const;
  server.registerPrompt('test_simple_prompt', { description: 'Simple.' }, () => ({
    messages: [user('This is a simple prompt for testing.')],
  }));
  server.registerPrompt(
    'test_prompt_with_arguments',
    {
      description: 'With arguments.',
      argsSchema: z.object({
        arg1: z.string().describe('First test argument'),
        arg2: z.string().describe('Second test argument'),
      }),
    },
    ({ arg1, arg2 }) => ({ messages: [user(`Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`)] }),
  );
  server.registerPrompt(
    'test_prompt_with_embedded_resource',
    {
      description: 'With a resource.',
      argsSchema: z.object({ resourceUri: z.string().describe('URI of the resource') }),
    },
    ({ resourceUri }) => ({
      messages: [
        {
          role: 'user',
          content: {
            type: 'resource',
            resource: { uri: resourceUri, mimeType: 'text/plain', text: 'Embedded resource content for testing.' },
          },
        },
        user('Please process the embedded resource above.'),
      ],
    }),
  );
  server.registerPrompt('test_prompt_with_image', { description: 'With an image.' }, () => ({
    messages: [{ role: 'user', content: image }, user('Please analyze the image above.')],
  }));
  server.registerPrompt('test_input_required_result_prompt', { description: 'Asks.' }, (context) => {
    const heard = answersTo(context, ['user_context']);
    if (heard !== undefined) return { messages: [user(heard)] };
    return inputRequired({
      inputRequests: { user_context: elicit('What context should the prompt use?', { context: { type: 'string' } }) },
    });
  });
}

export const fixture: McpServerFactory = () => {
  const server = new McpServer(
    { name: 'conformance-fixture', version: '1.0.0' },
    {
      capabilities: { logging: {}, completions: {}, resources: { subscribe: true } },
      requestState: {
        verify: async (state, context) => {
          try {
            return await codec.verify(state, context);
          } catch (cause) {
            throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'This state is not ours.', {
              cause: String(cause),
            });
          }
        },
      },
    },
  );
  addContentTools(server);
  addTellingTools(server);
  addAskingTools(server);
  addResources(server);
  addPrompts(server);
  server.server.setRequestHandler('completion/complete', () => ({
    completion: { values: [], total: 0, hasMore: false },
  }));
  return server;
};
