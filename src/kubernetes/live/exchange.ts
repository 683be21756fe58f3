import type { Dispatcher } from 'undici';
import { type Body, bodyOf, type Receiving } from './body.ts';
import type { Connection } from './connection.ts';
import { optionsOf, type Sending, type Sent } from './send.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}

type Headers = Parameters<NonNullable<Dispatcher.DispatchHandler['onResponseStart']>>[2];

/**
 * One request and its whole answer, taken as it comes from the connection: a stream of Node for each answer costs more
 * than to read most of them. No redirect is followed. Throws what undici throws, or the reason of `signal`.
 */
export function exchange(
  connection: Connection,
  request: Sent & { readonly receiving: (status: number) => Receiving },
  sending: Sending,
): Promise<Answer> {
  const { signal } = sending;
  return new Promise((resolve, reject) => {
    let abort = (): void => {};
    let began:
      | { readonly status: number; readonly headers: Headers; readonly body: ReturnType<typeof bodyOf> }
      | undefined;

    function settle(error: unknown, body?: Body): void {
      signal.removeEventListener('abort', abort);
      if (body === undefined || began === undefined) reject(signal.aborted ? signal.reason : error);
      else resolve({ status: began.status, headers: began.headers, body });
    }

    connection.dispatcher.dispatch(optionsOf(connection, request, sending), {
      onRequestStart(controller) {
        connection.began();
        abort = () => controller.abort(asError(signal.reason));
        if (signal.aborted) abort();
        else signal.addEventListener('abort', abort, { once: true });
      },
      onResponseStart(controller, status, headers) {
        connection.heard.at = performance.now();
        if (status < 200) return;
        const body = bodyOf(request.receiving(status), {
          encoding: headers['content-encoding'],
          flow: controller,
          done: (whole) => settle(undefined, whole),
          failed: settle,
        });
        began = { status, headers, body };
      },
      onResponseData(_, chunk) {
        connection.heard.at = performance.now();
        began?.body.push(chunk);
      },
      onResponseEnd: () => began?.body.end(),
      onResponseError(_, error) {
        if (began === undefined) settle(error);
        else began.body.fail(error);
      },
    });
  });
}

const asError = (reason: unknown): Error =>
  reason instanceof Error ? reason : new Error('aborted', { cause: reason });
