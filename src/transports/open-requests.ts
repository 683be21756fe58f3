import * as z from 'zod';

/** The requests of one session that have no answer yet, by their ids. */
export interface OpenRequests {
  /** Keeps the ids of the requests in a body. `undefined`, and nothing is kept, when one of them is in use. */
  open(body: unknown): OpenedRequests | undefined;
  /** Frees the id that a message answers. */
  answered(message: unknown): void;
}

export interface OpenedRequests {
  /** Frees the ids of requests that will get no answer. */
  forget(): void;
}

const id = z.union([z.string(), z.number()]);
const aRequest = z.object({ method: z.string(), id });
const anAnswer = z.object({ method: z.undefined().optional(), id });
const aCancellation = z.object({ method: z.literal('notifications/cancelled'), params: z.object({ requestId: id }) });

/** The SDK (2.4) answers the second of two requests with one id in the place of the first, which then waits for ever. */
export function createOpenRequests(): OpenRequests {
  const open = new Set<string | number>();
  return {
    open(body) {
      const messages: readonly unknown[] = Array.isArray(body) ? body : [body];
      for (const message of messages) {
        const cancelled = aCancellation.safeParse(message).data;
        // It gets no answer.
        if (cancelled !== undefined) open.delete(cancelled.params.requestId);
      }
      const ids = messages.flatMap((message) => aRequest.safeParse(message).data?.id ?? []);
      if (new Set(ids).size < ids.length || ids.some((each) => open.has(each))) return undefined;
      for (const each of ids) open.add(each);
      return {
        forget() {
          for (const each of ids) open.delete(each);
        },
      };
    },
    answered(message) {
      const answer = anAnswer.safeParse(message).data;
      if (answer !== undefined) open.delete(answer.id);
    },
  };
}
