import { getEventListeners } from 'node:events';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import type { PipelineOptions } from '../../src/call.ts';
import { grantedScopes } from '../../src/platform/auth/scopes.ts';
import { AppError } from '../../src/platform/errors.ts';
import type { Logger } from '../../src/platform/logging.ts';
import { noMetrics } from '../../src/platform/metrics.ts';
import { requestFields, runInRequest } from '../../src/platform/request-context.ts';
import { maxResultBytes, maxTextBytes } from '../../src/platform/size-limits.ts';
import { createSharedRuns } from '../../src/shared-runs.ts';
import { type AnyTool, defineTool, type Tool } from '../../src/tools/tool.ts';
import { aCall, someClusters, somePipeline } from '../integration/transports/fixtures.ts';
import { anAudit } from '../support/audits.ts';
import { aSpan } from '../support/spans.ts';

/** A tool that returns, throws or does whatever `run` does. */
const aTool = (overrides: Partial<Tool> = {}): AnyTool =>
  defineTool({
    name: 'look_around',
    title: 'Look around',
    description: 'For tests.',
    access: 'read',
    permissions: [],
    input: z.object({
      namespace: z.string().max(63).optional(),
      cluster: z.string().optional(),
      count: z.int().min(1).max(5).default(1),
    }),
    output: z.object({ value: z.unknown() }),
    run: async () => ({ value: 1 }),
    render: ({ value }) => `value ${String(value)}`,
    ...overrides,
  });

const ask = (tool: AnyTool, args: unknown = {}, options: Partial<PipelineOptions> = {}) =>
  somePipeline({ tools: [tool], ...options }).call(aCall(tool.name, args));

/** A logger that remembers messages with their fields. */
function aLog(): Logger & { readonly lines: { fields: object; message: string }[] } {
  const lines: { fields: object; message: string }[] = [];
  const remember = (fields: object, message: string) => void lines.push({ fields, message });
  return { lines, debug: remember, info: remember, warn: remember, error: remember };
}

const aCaller = (...named: readonly string[]) => ({
  id: 'id#jane',
  principal: { id: 'id#jane', user: 'jane', groups: ['ops'], scopes: grantedScopes(named) },
});

describe('a call that succeeds', () => {
  it('answers with success, the data, and the same as text', async () => {
    const { result, text } = await ask(aTool());

    expect(result).toEqual({ success: true, value: 1 });
    expect(text).toBe('value 1');
  });

  it('takes no arguments as empty ones, and applies defaults', async () => {
    const tool = aTool({ run: async (input) => ({ value: input }) });

    expect((await ask(tool, undefined)).result).toMatchObject({ value: { count: 1 } });
  });

  it('leaves out what the output schema does not know', async () => {
    const tool = aTool({ run: async () => ({ value: 1, more: 2 }) });

    expect((await ask(tool)).result).toEqual({ success: true, value: 1 });
  });

  it('gives the tool the reader of the cluster that the arguments name', async () => {
    const asked: unknown[] = [];
    const tool = aTool({
      run: async (_input, context) => {
        await context.reader().catch(() => {});
        return { value: 1 };
      },
    });
    const clusters = someClusters({ reader: async (cluster) => Promise.reject(asked.push(cluster)) });

    await somePipeline({ tools: [tool] }).call(aCall(tool.name, { cluster: 'prod' }, { clusters }));
    await somePipeline({ tools: [tool] }).call(aCall(tool.name, {}, { clusters }));

    expect(asked).toEqual(['prod', undefined]);
  });

  it('has the id of the request that it belongs to, or one of its own', async () => {
    const inside = await runInRequest({ requestId: 'r-1' }, () => ask(aTool()));
    const outside = await ask(aTool());

    expect(inside.requestId).toBe('r-1');
    expect(outside.requestId).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('validation', () => {
  it('names every problem, and the nearest argument of an unknown one', async () => {
    const { result, text } = await ask(aTool(), { namspace: 'shop', count: 9, zzz: 1, cluster: 3 });

    expect(result).toEqual({
      success: false,
      error: expect.stringContaining('Bad arguments for look_around:'),
      error_type: 'validation_error',
      details: {
        problems: [
          { path: 'cluster', message: 'must be a string' },
          { path: 'count', message: 'must be at most 5' },
          { path: 'namspace', message: 'unknown argument; did you mean namespace?' },
          { path: 'zzz', message: 'unknown argument; there are namespace, cluster, count' },
        ],
      },
      hint: 'look_around takes namespace, cluster, count.',
    });
    expect(text).toContain('namspace: unknown argument');
  });

  it.each([
    ['a list', []],
    ['text', 'x'],
    ['a number', 1],
    ['null in a field', { namespace: null }],
  ])('refuses %s', async (_what, args) => {
    expect((await ask(aTool(), args)).result).toMatchObject({ error_type: 'validation_error' });
  });

  it('does not let a prototype slip through', async () => {
    expect((await ask(aTool(), JSON.parse('{"__proto__":{"a":1}}'))).result).toMatchObject({
      error_type: 'validation_error',
    });
  });

  it('bounds what it says about an absurd number of problems', async () => {
    const args = Object.fromEntries(Array.from({ length: 100_000 }, (_, key) => [`k${key}`, 1]));

    expect(JSON.stringify((await ask(aTool(), args)).result).length).toBeLessThan(20_000);
  });

  it('does not know tools that are not in the catalogue', async () => {
    const { result } = await somePipeline({ tools: [aTool()] }).call(aCall('look_arund'));

    expect(result).toMatchObject({ error_type: 'not_found', details: { suggestions: ['look_around'] } });
  });

  it('answers every input with one of the two shapes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.anything({ withNullPrototype: true, withSparseArray: true }), async (args) => {
        const { result, text } = await ask(aTool(), args);
        expect(result.success || result.error_type === 'validation_error').toBe(true);
        expect(text).not.toBe('');
      }),
      { numRuns: 300 },
    );
  });
});

describe('policy', () => {
  it('refuses system namespaces, and says which setting allows them', async () => {
    const { result } = await ask(aTool(), { namespace: 'kube-system' });

    expect(result).toMatchObject({
      error_type: 'refused',
      error: expect.stringContaining('system namespace'),
      hint: expect.stringContaining('KUBEMEND_ALLOW_SYSTEM_NAMESPACES'),
      details: { namespace: 'kube-system' },
    });
  });

  it('allows reading them when the setting says so, but never writing', async () => {
    const settings = { namespace: 'default', allowSystemNamespaces: true };

    expect((await ask(aTool(), { namespace: 'kube-system' }, { settings })).result.success).toBe(true);
    expect((await ask(aTool({ access: 'write' }), { namespace: 'kube-system' }, { settings })).result).toMatchObject({
      error_type: 'refused',
      hint: 'Writing there is never possible; a person may do it with kubectl.',
    });
  });

  it('lets other namespaces through', async () => {
    expect((await ask(aTool(), { namespace: 'kubernetes' })).result.success).toBe(true);
  });

  it('refuses before the tool runs', async () => {
    const tool = aTool({ run: () => Promise.reject(new Error('ran')) });

    expect((await ask(tool, { namespace: 'kube-public' })).result).toMatchObject({ error_type: 'refused' });
  });
});

describe('a call that fails', () => {
  it('says what an AppError says', async () => {
    const error = new AppError('permission_denied', 'May not list pods.', {
      hint: 'Ask for it.',
      details: { required_permission: 'list pods' },
    });
    const { result, text } = await ask(aTool({ run: () => Promise.reject(error) }));

    expect(result).toEqual({
      success: false,
      error: 'May not list pods.',
      error_type: 'permission_denied',
      details: { required_permission: 'list pods' },
      hint: 'Ask for it.',
    });
    expect(text).toBe('permission_denied: May not list pods.\nNext: Ask for it.');
  });

  it.each<[string, Partial<Tool>]>([
    ['rejects', { run: () => Promise.reject(new Error('hunter2')) }],
    [
      'throws before it returns a promise',
      {
        run: () => {
          throw new TypeError('hunter2');
        },
      },
    ],
    ['rejects with no error at all', { run: () => Promise.reject('hunter2') }],
    [
      'returns something else than its output',
      { output: z.object({ value: z.number() }), run: async () => ({ value: 'hunter2' }) },
    ],
    ['returns nothing', { run: async () => JSON.parse('null') }],
    [
      'cannot be rendered',
      {
        render: () => {
          throw new Error('hunter2');
        },
      },
    ],
    ['returns what is no JSON', { run: async () => ({ value: 10n }) }],
  ])('hides the words of a tool that %s, and logs them with the request', async (_what, overrides) => {
    const log = aLog();
    const { result, text, requestId } = await ask(aTool(overrides), {}, { log });

    expect(result).toEqual({
      success: false,
      error: 'look_around failed unexpectedly.',
      error_type: 'internal_error',
      details: { request_id: requestId },
      hint: `The log has the cause under request id ${requestId}.`,
    });
    expect(text).not.toContain('hunter2');
    expect(log.lines[0]?.message).toBe('tool call failed unexpectedly');
  });

  it('survives an error whose details are no JSON', async () => {
    const details: Record<string, unknown> = { count: 1n };
    const tool = aTool({ run: () => Promise.reject(new AppError('api_error', 'bad', { details })) });

    expect((await ask(tool)).result).toMatchObject({ error_type: 'internal_error' });
  });

  it('ends a tool that hangs at the deadline', async () => {
    const { result } = await ask(aTool({ run: () => new Promise(() => {}) }), {}, { timeoutMs: 10 });

    expect(result).toMatchObject({
      error_type: 'timeout',
      error: 'look_around did not end within 0.01 s.',
      details: { timeout_seconds: 0.01 },
    });
  });

  it('lets a tool end itself at the deadline', async () => {
    const tool = aTool({
      run: (_input, { signal }) =>
        new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('aborted')))),
    });

    expect((await ask(tool, {}, { timeoutMs: 10 })).result).toMatchObject({ error_type: 'timeout' });
  });

  it('lets a tool answer in time with what it has', async () => {
    const tool = aTool({
      run: (_input, { enough }) =>
        new Promise((resolve) => enough.addEventListener('abort', () => resolve({ value: 'some' }))),
    });

    expect((await ask(tool, {}, { timeoutMs: 400 })).result).toEqual({ success: true, value: 'some' });
  });

  it('ends when its caller gives up, before or during the call', async () => {
    const tool = aTool({ run: () => new Promise(() => {}) });
    const before = aCall(tool.name, {}, { signal: AbortSignal.abort() });
    const caller = new AbortController();
    const during = somePipeline({ tools: [tool] }).call(aCall(tool.name, {}, { signal: caller.signal }));
    caller.abort();

    expect((await somePipeline({ tools: [tool] }).call(before)).result).toMatchObject({ error_type: 'timeout' });
    expect((await during).result).toMatchObject({ error: 'The call was cancelled by its caller.' });
  });

  it('leaves no clock running and nobody listening behind', async () => {
    const caller = new AbortController();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const { result } = await somePipeline({ tools: [aTool()] }).call(
        aCall('look_around', {}, { signal: caller.signal }),
      );

      expect(result.success).toBe(true);
      expect(vi.getTimerCount()).toBe(0);
      expect(getEventListeners(caller.signal, 'abort')).toEqual([]);
    } finally {
      vi.useRealTimers();
    }
  });

  it('shares no run from before a change that another pipeline made', async () => {
    const shared = createSharedRuns();
    const { promise, resolve: end } = Promise.withResolvers<void>();
    let runs = 0;
    const reading = aTool({ access: 'read', run: async () => promise.then(() => ({ n: ++runs })) });
    const changing = aTool({ access: 'write' });
    const reads = somePipeline({ tools: [reading], shared });
    const before = reads.call(aCall(reading.name));
    await somePipeline({ tools: [changing], shared }).call(aCall(changing.name));
    const after = reads.call(aCall(reading.name));
    end();
    await Promise.all([before, after]);

    expect(runs).toBe(2);
  });

  it('waits for room, and gives it back however it ends', async () => {
    const events: string[] = [];
    const admission = {
      async enter({ caller = 'whoever' }: { caller: string | undefined }) {
        events.push(`in ${caller}`);
        return () => void events.push('out');
      },
    };
    const tool = aTool();
    await ask(aTool({ run: () => Promise.reject(new Error('defect')) }), {}, { admission });
    await somePipeline({ tools: [tool], admission }).call(aCall(tool.name, {}, { caller: aCaller('k8s:read') }));

    expect(events).toEqual(['in whoever', 'out', 'in id#jane', 'out']);
  });

  it('is refused without the scope it needs, whatever face it came by', async () => {
    const tool = aTool({ access: 'write' });
    const call = (...named: string[]) =>
      somePipeline({ tools: [tool] }).call(aCall(tool.name, {}, { caller: aCaller(...named) }));

    expect((await call('k8s:logs')).result).toMatchObject({
      error_type: 'permission_denied',
      details: { required_scope: 'k8s:heal' },
    });
    expect((await call('k8s:admin')).result).toMatchObject({ success: true });
  });

  it.each([
    ['review', ['k8s:logs'], { user: { user: 'jane', groups: ['ops'] }, by: 'review', logs: true }],
    [undefined, ['k8s:read'], { logs: false }],
  ] as const)('sees clusters by %s of its caller, as scopes allow', async (actAs, named, expected) => {
    const views: unknown[] = [];
    const clusters = someClusters({
      as(view) {
        views.push(view);
        return someClusters();
      },
    });
    const tool = aTool();
    await somePipeline({ tools: [tool], actAs }).call(aCall(tool.name, {}, { clusters, caller: aCaller(...named) }));
    await somePipeline({ tools: [tool], actAs }).call(aCall(tool.name, {}, { clusters }));

    expect(views).toEqual([expected]);
  });

  it('is refused when there were too many', async () => {
    const { result } = await ask(
      aTool(),
      {},
      {
        limiter: {
          take: async () => ({ allowed: false, limit: 100, windowSeconds: 60, remaining: 0, resetSeconds: 7 }),
        },
      },
    );

    expect(result).toMatchObject({
      error_type: 'rate_limited',
      hint: 'Call again in 7 s.',
      details: { retry_after_seconds: 7 },
    });
  });
});

describe('what leaves', () => {
  const secret = 'password=hunter2-hunter2';

  it('has no secrets, and nothing that steers or hides', async () => {
    const tool = aTool({
      run: async () => ({ value: { list: [`\u001b[31m${secret}`], 'a\u200bb': 'c\u202ed' } }),
      render: () => `pass\u200bword=hunter2-hunter2 \u001b[0mok`,
    });
    const { result, text } = await ask(tool);

    expect(JSON.stringify(result)).not.toMatch(/hunter2|\\u001b|\u202e/);
    expect(text).not.toContain('hunter2');
    expect(text).not.toContain('\u001b');
    expect(text).toContain('ok');
  });

  it('is redacted in errors too', async () => {
    const tool = aTool({
      run: () => Promise.reject(new AppError('api_error', `bad ${secret}`, { details: { secret } })),
    });
    const { result, text } = await ask(tool);

    expect(JSON.stringify(result) + text).not.toContain('hunter2');
  });

  it('is cut at the size limits, and says what is missing', async () => {
    const truncations: unknown[] = [];
    const metrics = { ...noMetrics, truncation: () => void truncations.push(1) };
    const tool = aTool({
      run: async () => ({ value: Array.from({ length: 20_000 }, (_, index) => `line ${index} of some log`) }),
      render: () => 'a line of text\n'.repeat(10_000),
    });
    const { result, text } = await ask(tool, {}, { metrics });

    expect(Buffer.byteLength(JSON.stringify(result))).toBeLessThan(maxResultBytes + 1000);
    expect(result).toMatchObject({ success: true, truncated_fields: ['value: 2000 of 20000 items'] });
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(maxTextBytes);
    expect(text).toContain('cut here');
    expect(truncations).toHaveLength(1);
  });

  it('is an error when it is too large and cannot be cut', async () => {
    const wide = Object.fromEntries(Array.from({ length: 30_000 }, (_, key) => [`a-long-key-number-${key}`, key]));

    expect((await ask(aTool({ run: async () => ({ value: wide }) }))).result).toMatchObject({
      error_type: 'internal_error',
    });
  });
});

describe('progress', () => {
  it('reaches the caller without secrets', async () => {
    const seen: unknown[] = [];
    const tool = aTool({
      run: async (_input, context) => {
        context.progress(1, 2, 'read password=hunter2-hunter2');
        return { value: 1 };
      },
    });

    await somePipeline({ tools: [tool] }).call(aCall(tool.name, {}, { onProgress: (...step) => void seen.push(step) }));

    expect(seen).toEqual([[1, 2, expect.not.stringContaining('hunter2')]]);
  });

  it('does not fail the call when the caller fails to listen', async () => {
    const tool = aTool({
      run: async (_input, context) => {
        context.progress(1, 2, 'x');
        return { value: 1 };
      },
    });
    const onProgress = () => {
      throw new Error('gone');
    };

    expect((await somePipeline({ tools: [tool] }).call(aCall(tool.name, {}, { onProgress }))).result.success).toBe(
      true,
    );
  });
});

describe('the record of a call', () => {
  it('is one metric, one log line and one audit entry, however it ended', async () => {
    const calls: unknown[] = [];
    const audited: object[] = [];
    const log = aLog();
    const metrics = { ...noMetrics, toolCall: (call: object) => void calls.push(call) };
    const pipeline = somePipeline({ tools: [aTool()], metrics, log, audit: anAudit((facts) => audited.push(facts)) });

    await pipeline.call(aCall('look_around'));
    await pipeline.call(aCall('look_around', { count: 0 }, { caller: { id: 'alice' } }));
    await pipeline.call(aCall('rm -rf'));

    expect(calls).toMatchObject([
      { tool: 'look_around', errorType: undefined },
      { tool: 'look_around', errorType: 'validation_error' },
      { tool: 'unknown', errorType: 'not_found' },
    ]);
    expect(log.lines).toMatchObject([
      { message: 'tool call', fields: { outcome: 'success' } },
      { message: 'tool call', fields: { outcome: 'validation_error' } },
      { message: 'tool call', fields: { outcome: 'not_found' } },
    ]);
    expect(audited).toMatchObject([
      { caller: 'local', tool: 'look_around', access: 'read', outcome: 'success' },
      { caller: 'alice', outcome: 'validation_error' },
      { tool: 'unknown', access: 'unknown', outcome: 'not_found' },
    ]);
  });

  it('of one that may change something is written before it begins, or it does not begin', async () => {
    const facts: unknown[] = [];
    let ran = 0;
    const run = async () => ({ value: ++ran });
    const tool = aTool({ access: 'write', run });
    await ask(tool, {}, { audit: anAudit(({ outcome }) => facts.push(outcome)) });
    const { result } = await ask(tool, {}, { audit: { record: () => {}, failing: true } });
    await ask(aTool({ run }), {}, { audit: { record: () => {}, failing: true } });

    expect(facts).toEqual(['begun', 'success']);
    expect(result).toMatchObject({
      error_type: 'unavailable',
      error: 'The audit cannot be written, so nothing is changed.',
    });
    expect(ran).toBe(2);
  });

  it('names its caller and tool in every line, and its tool in the span that it came in', async () => {
    const seen: object[] = [];
    const tool = aTool({
      run: async () => {
        seen.push(requestFields());
        return { value: 1 };
      },
    });
    const span = aSpan();
    const call = aCall('look_around', {}, { caller: aCaller('k8s:read') });
    await runInRequest({ requestId: 'r-1', span }, () => somePipeline({ tools: [tool] }).call(call));
    await runInRequest({ requestId: 'r-2', span }, () => somePipeline({ tools: [tool] }).call(aCall('rm -rf')));

    const { traceId, spanId } = span.trace;
    expect(seen).toEqual([
      { requestId: 'r-1', trace_id: traceId, span_id: spanId, subject: 'jane', tool: 'look_around' },
    ]);
    expect(span.known.attributes).toMatchObject({ 'gen_ai.tool.name': 'unknown', 'kubemend.error_type': 'not_found' });
  });

  it('names the rules by which it was refused', async () => {
    const audited: object[] = [];
    const refused = new AppError('refused', 'No.', { details: { rules: ['G1'] } });
    const failing = (error: AppError) =>
      aTool({
        run: async () => {
          throw error;
        },
      });
    const audit = anAudit((facts) => audited.push(facts));

    await ask(failing(refused), {}, { audit });
    await ask(failing(new AppError('not_found', 'No.', { details: { rules: ['G1'] } })), {}, { audit });

    expect(audited).toMatchObject([
      { outcome: 'refused', rules: ['G1'] },
      { outcome: 'not_found', rules: undefined },
    ]);
  });

  it('says who called, and of the arguments a digest only', async () => {
    const audited: Readonly<Record<string, unknown>>[] = [];
    const pipeline = somePipeline({ tools: [aTool()], audit: anAudit((facts) => audited.push(facts)) });
    const args = { namespace: 'secret-Horse' };
    await pipeline.call(aCall('look_around', args, { caller: aCaller('k8s:read') }));
    await pipeline.call(aCall('look_around', args));

    expect(audited).toMatchObject([
      { caller: 'id#jane', user: 'jane', arguments_sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
      { caller: 'local', arguments_sha256: audited[0]?.['arguments_sha256'] },
    ]);
    expect(JSON.stringify(audited)).not.toContain('Horse');
  });

  it('counts a call as running only while it runs', async () => {
    let running = 0;
    const metrics = {
      ...noMetrics,
      inFlight: () => {
        running++;
        return () => void running--;
      },
    };
    const tool = aTool({ run: async () => ({ value: running }) });

    expect((await ask(tool, {}, { metrics })).result).toMatchObject({ value: 1 });
    expect(running).toBe(0);
  });
});
