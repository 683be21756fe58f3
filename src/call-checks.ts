import type { Caller } from './caller.ts';
import { AppError } from './platform/errors.ts';
import { nearest } from './platform/nearest.ts';
import { problemsOf } from './platform/problems.ts';
import type { RateLimiter } from './platform/rate-limit.ts';
import { currentRequest } from './platform/request-context.ts';
import { quoted } from './platform/safe-text.ts';
import type { AnyTool, ToolSettings } from './tools/tool.ts';

/** Counts the call; how its caller stands is noted for faces that have headers. @throws AppError `rate_limited`. */
export async function limitRate(limiter: RateLimiter, caller: Caller): Promise<void> {
  const rate = await limiter.take(caller.id);
  const notes = currentRequest()?.notes;
  if (rate !== undefined && notes !== undefined) notes.rate = rate;
  if (rate?.allowed !== false) return;
  throw new AppError('rate_limited', `More than ${rate.limit} calls in ${rate.windowSeconds} s.`, {
    hint: `Call again in ${rate.resetSeconds} s.`,
    details: { retry_after_seconds: rate.resetSeconds },
  });
}

/** @throws AppError `not_found` with what comes near. */
export function existing(tool: AnyTool | undefined, wanted: string, tools: readonly AnyTool[]): AnyTool {
  if (tool !== undefined) return tool;
  const names = tools.map(({ name }) => name);
  throw new AppError('not_found', `There is no tool ${quoted(wanted)}.`, {
    hint: `The tools are ${names.join(', ')}.`,
    details: { suggestions: nearest(wanted, names) },
  });
}

/** The arguments as the tool takes them. @throws AppError `validation_error` that names every problem. */
export function validate(tool: AnyTool, input: unknown): Readonly<Record<string, unknown>> {
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

/** The scope that a caller lacks for a tool; `undefined` when none, or when there are no scopes. */
export function lackingScope({ access, scope }: Pick<AnyTool, 'access' | 'scope'>, { principal }: Caller) {
  const needed = scope ?? (access === 'read' ? 'k8s:read' : 'k8s:heal');
  return principal === undefined || principal.scopes.has(needed) ? undefined : needed;
}

/** Faces that can ask for more look before they call; nothing passes without. */
export function checkScope(tool: AnyTool, caller: Caller): void {
  const lacking = lackingScope(tool, caller);
  if (lacking === undefined) return;
  throw new AppError('permission_denied', `The token lacks the scope ${lacking}, which ${tool.name} needs.`, {
    details: { required_scope: lacking },
  });
}

/** Namespaces of Kubernetes itself are no targets: never of a write, and of a read only when the settings say so. */
export function checkPolicy(tool: AnyTool, input: Readonly<Record<string, unknown>>, settings: ToolSettings): void {
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
