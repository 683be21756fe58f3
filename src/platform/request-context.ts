import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import type { RateDecision } from './rate-limit.ts';

/** What every log line of a request carries, and what is passed on to the API server. */
export interface RequestContext {
  readonly requestId: string;
  readonly tool?: string;
  /** What the answer has to say besides its body: written by whoever works on the request. */
  readonly notes?: { rate?: RateDecision };
}

const contexts = new AsyncLocalStorage<RequestContext>();

/** Accepted from callers as it is; anything else is replaced (docs/architecture.md, "Request ids"). */
const acceptable = /^[A-Za-z0-9._-]{1,64}$/;

/** The caller's id when it is well-formed, else a new one. */
export function requestIdFrom(offered: string | null | undefined): string {
  return typeof offered === 'string' && acceptable.test(offered) ? offered : randomUUID();
}

/** The context of the request that this code runs for; undefined outside of any. */
export const currentRequest = (): RequestContext | undefined => contexts.getStore();

/** Runs `work`, and everything that it starts, in `context`. */
export const runInRequest = <T>(context: RequestContext, work: () => T): T => contexts.run(context, work);
