import { randomUUID } from 'node:crypto';
import { checkPolicy, checkScope, existing, limitRate, validate } from './call-checks.ts';
import { contextOf } from './call-context.ts';
import { type Caller, localCaller, subjectOf } from './caller.ts';
import type { Clusters, View } from './kubernetes/ports.ts';
import {
  type Failure,
  type FitResult,
  failureOf,
  failureText,
  fitToLeave,
  type Outcome,
  type Success,
} from './outcome.ts';
import type { Admission } from './platform/admission.ts';
import type { Audit } from './platform/audit.ts';
import { digestOf } from './platform/digest.ts';
import { AppError } from './platform/errors.ts';
import { following } from './platform/following.ts';
import type { Logger } from './platform/logging.ts';
import type { Metrics } from './platform/metrics.ts';
import type { RateLimiter } from './platform/rate-limit.ts';
import { currentRequest, runInRequest } from './platform/request-context.ts';
import { timedSignal } from './platform/timed-signal.ts';
import { unlessAborted } from './platform/unless-aborted.ts';
import { createSharedRuns, type SharedRuns } from './shared-runs.ts';
import type { Approval, Healing } from './tools/mend/healing.ts';
import type { AnyTool, ToolContext, ToolSettings } from './tools/tool.ts';

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

export interface PipelineOptions {
  readonly tools: readonly AnyTool[];
  readonly settings: ToolSettings;
  /** Deadline of one call, in ms. */
  readonly timeoutMs: number;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly limiter: RateLimiter;
  /** Absent: as many calls run as come. */
  readonly admission?: Admission | undefined;
  /** Runs that equal calls share; of pipelines over the same clusters, the same. Absent: its own. */
  readonly shared?: SharedRuns;
  /** Told of every call; of one that may change something before it begins, too. */
  readonly audit?: Audit | undefined;
  /** How clusters are asked in the name of an authenticated caller. Absent: in that of the service. */
  readonly actAs?: View['by'] | undefined;
  /** As the policy stands at the call. Absent: nothing can be changed. */
  readonly healing?: (() => Promise<Omit<Healing, 'caller' | 'approval'>>) | undefined;
}

export type RefusedCall = Pick<Call, 'tool' | 'arguments' | 'caller'>;

/** The one way to run a tool, whatever face the call came through. */
export interface Pipeline {
  /** In the order of the catalogue. */
  readonly tools: readonly AnyTool[];
  /** Never throws and never hangs past the deadline. */
  call(call: Call): Promise<Outcome>;
  /** Counts, logs and audits a call that was refused on its way here. */
  refused(call: RefusedCall, error: AppError): void;
}

/** request id → identity → rate limit → validation → scope → policy → admission → deadline → run → redact → cap → metrics → log → audit */
export function createPipeline(parts: PipelineOptions): Pipeline {
  const options = { shared: createSharedRuns(), ...parts };
  /** Runs `work` for a call, as what its log lines name. */
  function inCall<C extends RefusedCall, T>(call: C, work: (running: Running<C>) => T): T {
    const request = currentRequest();
    const requestId = request?.requestId ?? randomUUID();
    const tool = options.tools.find(({ name }) => name === call.tool);
    const name = tool?.name ?? unknownTool;
    request?.span?.update({ attributes: { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': name } });
    return runInRequest({ ...request, requestId, subject: subjectOf(identify(call)), tool: name }, () =>
      work({ options, call, tool, requestId }),
    );
  }
  return {
    tools: options.tools,
    call: (call) => inCall(call, answer),
    refused: (call, error) =>
      inCall(call, (running) => report(failureOf(error, call.tool, running.requestId), running, 0)),
  };
}

/** What logs and metrics call a tool that does not exist: the caller's word for it would be an open set. */
const unknownTool = 'unknown';

interface Running<C extends RefusedCall = Call> {
  readonly options: PipelineOptions & { readonly shared: SharedRuns };
  readonly call: C;
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
async function attempt({ options, call, tool }: Omit<Running, 'requestId'>): Promise<FitResult> {
  const deadline = timedSignal(options.timeoutMs);
  const ending = following(deadline.signal, call.signal);
  try {
    const caller = identify(call);
    await limitRate(options.limiter, caller);
    const known = existing(tool, call.tool, options.tools);
    const input = validate(known, call.arguments);
    checkScope(known, caller);
    checkPolicy(known, input, options.settings);
    checkAudit({ options, call, tool: known });
    const { signal } = ending;
    const end = await options.admission?.enter(
      { caller: caller.principal && caller.id, cluster: clusterIn(input) },
      signal,
    );
    try {
      return await options.shared(
        { tool: known, input, caller, heard: call.onProgress !== undefined },
        signal,
        (aborted) => run(known, input, { options, call, signal: aborted }),
      );
    } finally {
      end?.();
    }
  } catch (error) {
    if (error instanceof AppError) throw error;
    if (call.signal?.aborted) throw new AppError('timeout', 'The call was cancelled by its caller.', { cause: error });
    if (deadline.signal.aborted) throw deadlineMissed(call.tool, options.timeoutMs, error);
    throw error;
  } finally {
    deadline.end();
    ending.end();
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

const identify = ({ caller }: Pick<Call, 'caller'>): Caller => caller ?? localCaller;

/** What may change something is written down before it begins, or does not begin. */
function checkAudit({ options: { audit }, ...running }: Omit<Running, 'requestId'>): void {
  if (audit === undefined || running.tool?.access === 'read') return;
  audit.record({ ...aboutCall(running), outcome: 'begun' });
  if (!audit.failing) return;
  throw new AppError('unavailable', 'The audit cannot be written, so nothing is changed.', {
    hint: 'The log of the service says why.',
  });
}

interface RunOptions {
  readonly options: PipelineOptions;
  readonly call: Call;
  /** Of the deadline and of the caller. */
  readonly signal: AbortSignal;
}

/** The tool's data, as its output schema lets it through, and what all faces leave of it. */
async function run(
  tool: AnyTool,
  input: Readonly<Record<string, unknown>>,
  { options, call, signal }: RunOptions,
): Promise<FitResult> {
  const caller = identify(call);
  const enough = timedSignal(Math.floor(options.timeoutMs * readingShare));
  try {
    const context = contextOf(clusterIn(input), {
      ...call,
      ...options,
      clusters: seenBy(caller, call.clusters, options.actAs),
      healing: await options.healing?.(),
      signal,
      enough: enough.signal,
      caller: caller.id,
    });
    const data = tool.output.parse(await unlessAborted((async () => tool.run(input, context))(), signal));
    return fitToLeave({ success: true, ...data }, tool.render(data));
  } finally {
    enough.end();
  }
}

/** Of the deadline; the rest is for saying what was found, and what was not. */
const readingShare = 0.75;

/** The cluster that arguments name; by default the default one. */
const clusterIn = ({ cluster }: Readonly<Record<string, unknown>>): string | undefined =>
  typeof cluster === 'string' ? cluster : undefined;

/** The clusters as this caller may see them; a token without the scope for logs sees none. */
function seenBy({ principal }: Caller, clusters: Clusters, actAs: PipelineOptions['actAs']): Clusters {
  if (principal === undefined) return clusters;
  const { user, groups, scopes } = principal;
  const view = { ...(actAs !== undefined && { user: { user, groups }, by: actAs }), logs: scopes.has('k8s:logs') };
  return clusters.as(view);
}

/** metrics → log → audit: once a call, however it ended. */
function report(
  result: Success | Failure,
  { options, call, tool }: Omit<Running<RefusedCall>, 'requestId'>,
  seconds: number,
): void {
  const errorType = result.success ? undefined : result.error_type;
  const name = tool?.name ?? unknownTool;
  options.metrics.toolCall({ tool: name, seconds, errorType });
  currentRequest()?.span?.update({ attributes: { 'kubemend.error_type': errorType } });
  options.log.info({ ms: Math.round(seconds * 1000), outcome: errorType ?? 'success' }, 'tool call');
  const rules = errorType === 'refused' && !result.success ? result.details['rules'] : undefined;
  options.audit?.record({ ...aboutCall({ call, tool }), outcome: errorType ?? 'success', rules });
}

/** What is known of a call before anything is decided. Of the arguments a digest: they may hold anything. */
const aboutCall = ({ call, tool }: Pick<Running<RefusedCall>, 'call' | 'tool'>) => {
  const { id, principal } = identify(call);
  return {
    caller: id,
    ...(principal !== undefined && { user: principal.user, client: principal.client }),
    tool: tool?.name ?? unknownTool,
    access: tool?.access ?? 'unknown',
    arguments_sha256: digestOf(call.arguments ?? {}),
  };
};
