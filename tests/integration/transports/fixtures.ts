import * as z from 'zod';
import { type Call, createPipeline, type Pipeline, type PipelineOptions } from '../../../src/call.ts';
import type { Clusters } from '../../../src/kubernetes/ports.ts';
import { AppError } from '../../../src/platform/errors.ts';
import { silentLogger } from '../../../src/platform/logging.ts';
import { noMetrics } from '../../../src/platform/metrics.ts';
import { noRateLimit } from '../../../src/platform/rate-limit.ts';
import { currentRequest } from '../../../src/platform/request-context.ts';
import { type AnyTool, defineTool } from '../../../src/tools/tool.ts';

const described = { title: 'A tool of tests', description: 'For tests only.', permissions: [] } as const;

/** Answers what it was asked. */
export const echo = defineTool({
  ...described,
  name: 'echo_text',
  access: 'read',
  input: z.object({
    text: z.string().max(100_000).describe('What to answer.'),
    times: z.int().min(1).max(10_000).default(1).describe('How often.'),
    namespace: z.string().optional().describe('Namespace.'),
  }),
  output: z.object({ texts: z.array(z.string()), requestId: z.string() }),
  run: async ({ text, times }) => ({
    texts: Array.from({ length: times }, () => text),
    requestId: currentRequest()?.requestId ?? 'none',
  }),
  render: ({ texts }) => texts.join('\n'),
});

/** Reports progress, then waits until it is ended, or fails at once. */
export const wait = defineTool({
  ...described,
  name: 'wait_forever',
  access: 'read',
  input: z.object({}),
  output: z.object({}),
  async run(_input, context) {
    context.progress(1, 3, 'one');
    context.progress(1, 3, 'not more than before');
    context.progress(2, undefined, 'two');
    const { signal } = context;
    await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    return {};
  },
  render: () => 'never',
});

export const failing = defineTool({
  ...described,
  name: 'fail_always',
  access: 'write',
  input: z.object({ namespace: z.string().optional().describe('Namespace.') }),
  output: z.object({}),
  run: async () => {
    throw new AppError('not_found', 'No Pod/web in namespace shop.', {
      hint: 'Look again.',
      details: { namespace: 'shop' },
    });
  },
  render: () => 'never',
});

export const fixtureTools: readonly AnyTool[] = [echo, wait, failing];

/** Answers nothing but a ping. */
export const someClusters = (overrides: Partial<Clusters> = {}): Clusters => ({
  list: () => Promise.reject(new Error('not expected')),
  reader: () => Promise.reject(new Error('not expected')),
  writer: () => Promise.reject(new Error('not expected')),
  as: () => someClusters(overrides),
  ping: async () => {},
  close: async () => {},
  ...overrides,
});

export const somePipeline = (overrides: Partial<PipelineOptions> = {}): Pipeline =>
  createPipeline({
    tools: fixtureTools,
    settings: { namespace: 'default', allowSystemNamespaces: false },
    timeoutMs: 10_000,
    log: silentLogger,
    metrics: noMetrics,
    limiter: noRateLimit,
    ...overrides,
  });

export const aCall = (tool: string, args: unknown = {}, overrides: Partial<Call> = {}): Call => ({
  tool,
  arguments: args,
  clusters: someClusters(),
  ...overrides,
});

/** The pages of the real rules. */
export const rulePages = () => import('../../../src/tools/report/rule-page.ts');
