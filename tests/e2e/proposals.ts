import { aService, kubectl } from './bed.ts';
import type { Healer } from './healer.ts';

/** A write tool with its arguments, as a model calls it, in one of several places. */
export interface Proposal {
  readonly tool: string;
  readonly place: string;
  readonly input: { readonly object: string };
  /** By somebody who may do less. */
  readonly lesser?: true;
}

/** What comes of a proposal. Nothing has changed in any case. */
export interface Answer {
  /** `approval_required` with a plan, `refused` without one. */
  readonly outcome: string | undefined;
  /** What was refused and why, or the plan. */
  readonly told: string | undefined;
  /** What would be possible instead, or who has to approve it. */
  readonly hint: string | undefined;
  /** `allow: …`, `approve: …` or `refuse: …` of each guard that had a say, by its name. */
  readonly said: Readonly<Record<string, string>>;
}

interface Response {
  readonly error_type?: string;
  readonly error?: string;
  readonly hint?: string;
  readonly details?: { readonly guards?: readonly { guard: string; decision: string; reason: string }[] };
}

/** The built program as a service, to which one may propose without limit. */
export const aProposedService = (healer: Pick<Healer, 'env'>, more: NodeJS.ProcessEnv = {}) =>
  aService(['--heal'], { ...healer.env, KUBEMEND_RATE_LIMIT_ENABLED: 'false', ...more });

/** Calls the tool in this namespace. */
export async function proposed(url: string, { tool, input }: Proposal, namespace: string): Promise<Answer> {
  const object = await named(input.object, namespace);
  const response = await fetch(`${url}/api/v1/tools/${tool}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...input, object, namespace }),
  });
  const { error_type: outcome, error: told, hint, details } = (await response.json()) as Response;
  const verdicts = (details?.guards ?? []).map(({ guard, decision, reason }) => [guard, `${decision}: ${reason}`]);
  return { outcome, told, hint, said: Object.fromEntries(verdicts) as Answer['said'] };
}

/** `pod/web-?` is some pod of the app `web`. */
async function named(object: string, namespace: string): Promise<string> {
  const [, app] = /^pod\/(.+)-\?$/.exec(object) ?? [];
  if (app === undefined) return object;
  const path = 'jsonpath={.items[0].metadata.name}';
  return `pod/${await kubectl('get', 'pods', '-n', namespace, '-l', `app=${app}`, '-o', path)}`;
}

const verb =
  (tool: string) =>
  (place: string, object: string, more: object = {}): Proposal => ({ tool, place, input: { object, ...more } });

export const restart = verb('restart_workload');
export const rollBack = verb('rollback_workload');
export const resize = verb('resize_workload');
export const setImage = verb('set_image');
export const evict = verb('evict_pod');
export const cordon = verb('cordon_node');
export const scale = (place: string, object: string, replicas: number): Proposal =>
  verb('scale_workload')(place, object, { replicas });
export const byLesser = (proposal: Proposal): Proposal => ({ ...proposal, lesser: true });
