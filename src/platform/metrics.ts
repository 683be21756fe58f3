import type { AuthFailure } from './auth/principal.ts';
import type { ErrorType } from './errors.ts';

/** Why a call was turned away: no room in the queue, or none within the time that one may wait. */
export const shedReasons = ['queue_full', 'queue_timeout'] as const;
export type ShedReason = (typeof shedReasons)[number];

/** What may be decided on what the API server says to a dry run: nothing was written by then. */
const dryRunOutcomes = ['refused', 'planned', 'declined', 'expired'] as const;
/** What may be decided about an action: its states, and that it was refused. */
export const healOutcomes = [
  ...dryRunOutcomes,
  'applying',
  'verifying',
  'healthy',
  'failed',
  'reverted',
  'undone',
] as const;
export type HealOutcome = (typeof healOutcomes)[number];
export const isOfDryRun = (outcome: HealOutcome): boolean => dryRunOutcomes.some((each) => each === outcome);

/** What becomes of a plan that somebody was to approve. */
export const approvalOutcomes = ['approved', 'declined', 'expired'] as const;
export type ApprovalOutcome = (typeof approvalOutcomes)[number];

/** What the program counts. Labels come from closed sets: never a user, a namespace or a pod. */
export interface Metrics {
  /** A tool call ended. `seconds` is its whole time in the pipeline. */
  toolCall(call: { readonly tool: string; readonly seconds: number; readonly errorType?: ErrorType | undefined }): void;
  /** A tool call began; the returned function says that it ended. */
  inFlight(): () => void;
  /** A request to the HTTP service was answered; `route` is the pattern, not the path. */
  httpRequest(request: { readonly method: string; readonly route: string; readonly code: number }): void;
  /** A request to an API server was answered; `code` is the status, or `error` when there was no answer. */
  kubernetesRequest(request: {
    readonly verb: string;
    readonly resource: string;
    readonly code: number | 'error';
    readonly seconds: number;
  }): void;
  /** A read waited for `--k8s-qps`, or did not have to: then for 0 s. */
  kubernetesWait(seconds: number): void;
  kubernetesRetry(): void;
  /** `cache` names one of ours; `shared` is an equal read that was already in flight. */
  cacheRequest(cache: string, result: 'hit' | 'miss' | 'shared'): void;
  /** A result was cut at a size limit. */
  truncation(): void;
  /** A call was counted against the limit of its caller. */
  rateLimit(decision: 'allowed' | 'limited'): void;
  /** The shared limit could not be asked, so that this process counted alone. */
  rateLimitFallback(): void;
  /** A record of the audit was written, or could not be. */
  auditEvent(result: 'written' | 'failed'): void;
  /** Something was decided about an action. */
  healAction(action: string, outcome: HealOutcome): void;
  /** A plan was approved, or will not be. */
  approval(outcome: ApprovalOutcome): void;
  /** A request was not let in. */
  authFailure(reason: AuthFailure): void;
  /** A call was turned away because too many run. */
  shed(reason: ShedReason): void;
}

/** For stdio and the command line, where nobody scrapes. */
export const noMetrics: Metrics = {
  toolCall() {},
  inFlight: () => () => {},
  httpRequest() {},
  kubernetesRequest() {},
  kubernetesWait() {},
  kubernetesRetry() {},
  cacheRequest() {},
  truncation() {},
  rateLimit() {},
  rateLimitFallback() {},
  auditEvent() {},
  healAction() {},
  approval() {},
  authFailure() {},
  shed() {},
};
