import { randomUUID } from 'node:crypto';
import { contextOf } from './call-context.ts';
import type { Clusters } from './kubernetes/ports.ts';
import {
  type Failure,
  type FitResult,
  failureOf,
  failureText,
  fitToLeave,
  type Outcome,
  type Success,
} from './outcome.ts';
import { AppError, type ErrorType } from './platform/errors.ts';
import type { Logger } from './platform/logging.ts';
import type { Metrics } from './platform/metrics.ts';
import { nearest } from './platform/nearest.ts';
import { problemsOf } from './platform/problems.ts';
import type { RateLimiter } from './platform/rate-limit.ts';
import { currentRequest, runInRequest } from './platform/request-context.ts';
import type { Approval, Healing } from './tools/mend/healing.ts';
import type { AnyTool, ToolContext, ToolSettings } from './tools/tool.ts';

/** Who calls. Only the user who started the process, as long as there is no authentication. */
export interface Caller {
  readonly id: string;
}
export const localCaller: Caller = { id: 'local' };

export interface Call {
  readonly tool: string;
  /** As it came; validated here. */
  readonly arguments: unknown;
  readonly clusters: Clusters;
  readonly caller?: Caller | undefined;
  /** The caller's: aborts when the answer is no longer wanted. */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ToolContext['progress'] | undefined;
  /** A person's answer to the plan that an earlier call came back with. Never taken from the arguments. */
  readonly approval?: Approval | undefined;
}

/** One decision about one call, for the audit trail. */
export interface AuditEntry {
  readonly requestId: string;
  readonly caller: string;
  readonly tool: string;
  readonly access: AnyTool['access'] | 'unknown';
  readonly outcome: 'success' | ErrorType;
}

export interface PipelineOptions {
  readonly tools: readonly AnyTool[];
  readonly settings: ToolSettings;
  /** Deadline of one call, in ms. */
  readonly timeoutMs: number;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly limiter: RateLimiter;
  readonly audit?: ((entry: AuditEntry) => void) | undefined;
  /** As the policy stands at the call. Absent: nothing can be changed. */
  readonly healing?: (() => Promise<Omit<Healing, 'caller' | 'approval'>>) | undefined;
}

/** The one way to run a tool, whatever face the call came through. */
export interface Pipeline {
  /** In the order of the catalogue. */
  readonly tools: readonly AnyTool[];
  /** Never throws and never hangs past the deadline. */
  call(call: Call): Promise<Outcome>;
}

/** request id → identity → rate limit → validation → policy → deadline → run → redact → cap → metrics → log → audit */
export function createPipeline(options: PipelineOptions): Pipeline {
  return {
    tools: options.tools,
    call(call) {
      const requestId = currentRequest()?.requestId ?? randomUUID();
      const tool = options.tools.find(({ name }) => name === call.tool);
      return runInRequest({ requestId, tool: tool?.name ?? unknownTool }, () =>
        answer({ options, call, tool, requestId }),
      );
    },
  };
}

/** What logs and metrics call a tool that does not exist: the caller's word for it would be an open set. */
const unknownTool = 'unknown';

interface Running {
  readonly options: PipelineOptions;
  readonly call: Call;
  readonly tool: AnyTool | undefined;
  readonly requestId: string;
}

async function answer(running: Running): Promise<Outcome> {
  const { options, requestId } = running;
  const started = performance.now();
  const ended = options.metrics.inFlight();
  const { result, text, truncated } = await attempt(running).catch((error: unknown) => recover(error, running));
  ended();
  if (truncated) options.metrics.truncation();
  report(result, running, (performance.now() - started) / 1000);
  return { requestId, result, text };
}

/** All stages that can refuse or fail. */
async function attempt({ options, call, tool }: Running): Promise<FitResult> {
  const deadline = AbortSignal.timeout(options.timeoutMs);
  try {
    const caller = identify(call);
    await limitRate(options.limiter, caller);
    const known = existing(tool, call.tool, options.tools);
    const input = validate(known, call.arguments);
    checkPolicy(known, input, options.settings);
    const data = await run(known, input, { options, call, deadline });
    return fitToLeave({ success: true, ...data }, known.render(data));
  } catch (error) {
    if (error instanceof AppError) throw error;
    if (call.signal?.aborted) throw new AppError('timeout', 'The call was cancelled by its caller.', { cause: error });
    if (deadline.aborted) throw deadlineMissed(call.tool, options.timeoutMs, error);
    throw error;
  }
}

const deadlineMissed = (tool: string, timeoutMs: number, cause: unknown): AppError =>
  new AppError('timeout', `${tool} did not end within ${timeoutMs / 1000} s.`, {
    hint: 'Ask for less, such as one namespace or one object, or raise KUBEMEND_TIMEOUT.',
    details: { timeout_seconds: timeoutMs / 1000 },
    cause,
  });

function recover(error: unknown, { options, tool, requestId }: Running): FitResult {
  const name = tool?.name ?? unknownTool;
  const failure = failureOf(error, name, requestId);
  if (failure.error_type === 'internal_error') options.log.error({ err: error }, 'tool call failed unexpectedly');
  try {
    return fitToLeave(failure, failureText(failure));
  } catch (unfit) {
    options.log.error({ err: unfit }, 'a failure could not be reported');
    const substitute = failureOf(unfit, name, requestId);
    return { result: substitute, text: failureText(substitute), truncated: false };
  }
}

const identify = ({ caller }: Call): Caller => caller ?? localCaller;

async function limitRate(limiter: RateLimiter, caller: Caller): Promise<void> {
  const seconds = await limiter.take(caller.id);
  if (seconds === undefined) return;
  throw new AppError('rate_limited', 'Too many calls in this window.', {
    hint: `Call again in ${seconds} s.`,
    details: { retry_after_seconds: seconds },
  });
}

function existing(tool: AnyTool | undefined, wanted: string, tools: readonly AnyTool[]): AnyTool {
  if (tool !== undefined) return tool;
  const names = tools.map(({ name }) => name);
  throw new AppError('not_found', `There is no tool ${JSON.stringify(wanted.slice(0, 64))}.`, {
    hint: `The tools are ${names.join(', ')}.`,
    details: { suggestions: nearest(wanted, names) },
  });
}

function validate(tool: AnyTool, input: unknown): Readonly<Record<string, unknown>> {
  const parsed = tool.input.safeParse(input ?? {});
  if (parsed.success) return parsed.data;
  const known = Object.keys(tool.input.shape);
  const problems = problemsOf(parsed.error, known);
  const shown = problems.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`));
  throw new AppError('validation_error', `Bad arguments for ${tool.name}: ${shown.join('; ')}`, {
    hint: known.length === 0 ? `${tool.name} takes no arguments.` : `${tool.name} takes ${known.join(', ')}.`,
    details: { problems },
  });
}

/** Namespaces of Kubernetes itself are no targets: never of a write, and of a read only when the settings say so. */
function checkPolicy(tool: AnyTool, input: Readonly<Record<string, unknown>>, settings: ToolSettings): void {
  const { namespace } = input;
  if (typeof namespace !== 'string' || !namespace.startsWith('kube-')) return;
  if (tool.access === 'read' && settings.allowSystemNamespaces) return;
  const refusal = `${namespace} is a system namespace, which ${tool.name} does not touch.`;
  const details = { namespace, policy: 'system_namespaces' };
  if (tool.access === 'read') {
    const hint = 'KUBEMEND_ALLOW_SYSTEM_NAMESPACES=true (or --allow-system-namespaces) allows reading it.';
    throw new AppError('refused', refusal, { hint, details });
  }
  throw new AppError('refused', `G14: ${refusal}`, {
    hint: 'Writing there is never possible; a person may do it with kubectl.',
    details: { ...details, rules: ['G14'] },
  });
}

interface RunOptions {
  readonly options: PipelineOptions;
  readonly call: Call;
  readonly deadline: AbortSignal;
}

/** The tool's data, as its output schema lets it through. */
async function run(tool: AnyTool, input: Readonly<Record<string, unknown>>, { options, call, deadline }: RunOptions) {
  const signal = call.signal === undefined ? deadline : AbortSignal.any([deadline, call.signal]);
  const { cluster } = input;
  const context = contextOf(typeof cluster === 'string' ? cluster : undefined, {
    ...call,
    ...options,
    healing: await options.healing?.(),
    signal,
    caller: identify(call).id,
  });
  return tool.output.parse(await unlessAborted(signal, () => tool.run(input, context)));
}

/** Settles with `work`, or rejects when `signal` aborts, even if `work` never ends. */
function unlessAborted<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) return abort();
    signal.addEventListener('abort', abort, { once: true });
    (async () => work())()
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', abort));
  });
}

/** metrics → log → audit: once a call, however it ended. */
function report(result: Success | Failure, { options, call, tool, requestId }: Running, seconds: number): void {
  const errorType = result.success ? undefined : result.error_type;
  const name = tool?.name ?? unknownTool;
  options.metrics.toolCall({ tool: name, seconds, errorType });
  options.log.info({ ms: Math.round(seconds * 1000), outcome: errorType ?? 'success' }, 'tool call');
  options.audit?.({
    requestId,
    caller: identify(call).id,
    tool: name,
    access: tool?.access ?? 'unknown',
    outcome: errorType ?? 'success',
  });
}
