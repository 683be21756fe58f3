import { setTimeout as sleep } from 'node:timers/promises';
import type * as z from 'zod';
import type { Identity } from '../../engines/access/request.ts';
import { AppError } from '../../platform/errors.ts';
import type { Metrics } from '../../platform/metrics.ts';
import { type Asking, subjectOf } from './asking.ts';
import { type Body, linesOf, parseJson, type Receiving, readBody } from './body.ts';
import { aheadOf } from './clock.ts';
import { type Connection, createConnector } from './connection.ts';
import { type CountedRequest, countedRequest } from './counted-request.ts';
import type { LoadCredentials } from './credentials.ts';
import { errorOfFailure, errorOfStatus, type Way } from './errors.ts';
import { exchange } from './exchange.ts';
import type { RequestPace } from './request-pace.ts';
import { createRetryBudget, delayOf, isPassingFailure, isPassingStatus, maximumRetries } from './retry.ts';
import { send } from './send.ts';
import { statusBody } from './status-body.ts';
import { createWrites, type Writes } from './writes.ts';

export type ClusterMetrics = Pick<Metrics, 'kubernetesRequest' | 'kubernetesWait' | 'kubernetesRetry' | 'cacheRequest'>;

export interface RestOptions {
  readonly credentials: LoadCredentials;
  readonly metrics: ClusterMetrics;
  /** Sent as `X-Request-ID` and `Audit-ID`. */
  readonly requestId: () => string | undefined;
  readonly userAgent?: string | undefined;
  readonly timeouts?: Partial<Timeouts> | undefined;
  /** To a server that speaks no HTTP/2, where each stream needs one of its own; default 8. */
  readonly sockets?: number | undefined;
  /** Where reads of resources wait; without it they never do. Reviews, changes and probes are few, and somebody waits. */
  readonly pace?: RequestPace | undefined;
  /** Of jitter; in [0, 1). */
  readonly random?: (() => number) | undefined;
  /** Milliseconds since the epoch. */
  readonly now?: (() => number) | undefined;
  /** Waits before a retry. */
  readonly wait?: ((ms: number, signal: AbortSignal) => Promise<void>) | undefined;
}

export interface Timeouts {
  readonly connectMs: number;
  readonly headersMs: number;
  /** Of one request with its retries. */
  readonly totalMs: number;
}

export interface RestRequest {
  readonly asking: Asking;
  /** Path and query, encoded. */
  readonly path: string;
  readonly accept?: string | undefined;
  /** JSON to post. Only reviews are posted: they change nothing, so they are retried like reads. */
  readonly post?: unknown;
  /** Whose request it is, when not that of the credentials. */
  readonly impersonate?: Identity | undefined;
  /** Bytes of the answer, unzipped; default 64 MiB. */
  readonly cap?: number | undefined;
  /** Takes the body of a 2xx answer as it comes; then none of it is kept. */
  readonly take?: ((chunk: Buffer) => void) | undefined;
}

export type StreamRequest = RestRequest & { readonly idleMs: number };

export interface RestCall {
  readonly signal: AbortSignal;
  /** Told the size of every answer, unzipped. */
  readonly spent?: ((bytes: number) => void) | undefined;
  /** Fails at the first failure: a probe asks how things are, not how they may become. */
  readonly once?: boolean | undefined;
}

/** Requests to one API server as one user. Everything throws `AppError`, or the reason of `signal`. */
export interface Rest extends Writes {
  /** The body of a 2xx answer as JSON of `shape`. One above the cap throws `api_error` with `details.too_large`. */
  json<T>(request: RestRequest & { readonly shape: z.ZodType<T> }, call: RestCall): Promise<T>;
  /** The body of a 2xx answer, cut at the cap. */
  bytes(request: RestRequest, call: RestCall): Promise<Body>;
  /** The body of a 2xx answer line by line while it comes; ends when nothing came for `idleMs`. Never tried again. */
  lines(request: StreamRequest, call: RestCall): AsyncIterable<string>;
  /** Calls back once what waited for a connection was sent. Returns how to forget that. */
  onceSent(told: () => void): () => void;
  /** How far the server's clock was ahead of ours in its last answer, in ms; see `aheadOf`. */
  clockAheadMs(): number;
  close(): Promise<void>;
}

const defaults: Timeouts = { connectMs: 3000, headersMs: 10_000, totalMs: 30_000 };
const defaultCap = 64 * 1024 * 1024;
const errorCap = 64 * 1024;
const isSuccess = (status: number): boolean => status >= 200 && status < 300;
const pause = (ms: number, signal: AbortSignal): Promise<void> => sleep(ms, undefined, { signal });

export function createRest({ random = Math.random, wait = pause, now = Date.now, ...options }: RestOptions): Rest {
  const timeouts = { ...defaults, ...options.timeouts };
  const connector = createConnector(options.credentials, { ...timeouts, sockets: options.sockets });
  const budget = createRetryBudget();
  let way: Way = { server: '' };
  let ahead = 0;

  async function turn({ asking, post }: RestRequest, signal: AbortSignal, longestMs: number): Promise<void> {
    if (options.pace === undefined || asking.type === undefined || post !== undefined) return;
    const startedAt = performance.now();
    await options.pace.turn(signal, longestMs);
    options.metrics.kubernetesWait((performance.now() - startedAt) / 1000);
  }

  /** One request until it is answered for good, or its time is up. */
  async function answered<T>(request: RestRequest, call: RestCall, parse: (body: Body) => T): Promise<T> {
    const total = AbortSignal.timeout(timeouts.totalMs);
    const endsAt = performance.now() + timeouts.totalMs;
    const signal = AbortSignal.any([call.signal, total]);
    budget.earn();
    try {
      let [renewed, sent] = [false, 0];
      for (let retry = 0; ; ) {
        await turn(request, signal, endsAt - performance.now());
        const connection = await connector.connect(signal);
        way = connection;
        const outcome = await attempt({ connection, resent: sent++ }, request, { ...call, signal }, parse);
        if ('value' in outcome) return outcome.value;
        if (outcome.status === 401 && !renewed) {
          renewed = true;
          await connector.reconnect(connection, signal);
          continue;
        }
        const delay = delayOf(retry, outcome.retryAfter, random);
        const again = call.once !== true && performance.now() + delay < endsAt;
        if (!outcome.passing || retry >= maximumRetries || !again || !budget.spend()) throw outcome.error;
        retry += 1;
        options.metrics.kubernetesRetry();
        await wait(delay, signal);
      }
    } catch (error) {
      call.signal.throwIfAborted();
      throw errorOfFailure(error, way, request.asking);
    }
  }

  async function attempt<T>(
    { connection, resent }: { readonly connection: Connection; readonly resent: number },
    request: RestRequest,
    { signal, spent }: RestCall,
    parse: (body: Body) => T,
  ): Promise<Attempt<T>> {
    const { asking } = request;
    const method = request.post === undefined ? 'GET' : 'POST';
    const counted = countedRequest({ asking, method, connection, metrics: options.metrics, resent });
    const receiving = (status: number): Receiving =>
      isSuccess(status) ? { cap: request.cap ?? defaultCap, take: request.take } : { cap: errorCap };
    try {
      const sending = { ...options, signal };
      const { status, headers, body } = await counted.send(() =>
        exchange(connection, { ...request, receiving }, sending),
      );
      ahead = aheadOf(headers['date'], now());
      spent?.(body.bytes.length);
      const value = isSuccess(status) ? parse(body) : undefined;
      counted.answered(status);
      if (value !== undefined) return { value };
      return {
        error: errorOfStatus(status, statusBody(body), asking),
        status,
        passing: isPassingStatus(status),
        retryAfter: header(headers['retry-after']),
      };
    } catch (error) {
      if (signal.aborted) connector.doubt(connection, counted.startedAt);
      signal.throwIfAborted();
      return { error, passing: isPassingFailure(error) };
    } finally {
      counted.ended();
    }
  }

  async function* lines(request: StreamRequest, call: RestCall): AsyncGenerator<string> {
    const { asking } = request;
    let counted: CountedRequest | undefined;
    try {
      await turn(request, call.signal, timeouts.totalMs);
      const connection = await connector.connect(call.signal);
      way = connection;
      const { metrics } = options;
      const sending = { ...options, signal: call.signal, idleMs: request.idleMs };
      const made = countedRequest({ asking, method: 'GET', connection, metrics });
      counted = made;
      const { status, body } = await made.send(() => send(connection, request, sending));
      made.answered(status);
      if (status === 401) await connector.reconnect(connection, call.signal);
      if (status !== 200) throw errorOfStatus(status, statusBody(await readBody(body, errorCap)), asking);
      yield* linesOf(body);
    } catch (error) {
      call.signal.throwIfAborted();
      throw errorOfFailure(error, way, asking);
    } finally {
      counted?.ended();
    }
  }

  return {
    lines,
    ...createWrites({ connector, talking: options, timeouts }),
    json: (request, call) =>
      answered(request, call, ({ bytes, capped }) => {
        if (capped) throw tooLarge();
        const checked = request.shape.safeParse(parseJson(bytes));
        if (!checked.success) throw otherShape(request.asking, checked.error);
        return checked.data;
      }),
    bytes: (request, call) => answered(request, call, (body) => body),
    onceSent: (told) => connector.onceSent(told),
    clockAheadMs: () => ahead,
    close: () => connector.close(),
  };
}

type Attempt<T> =
  | { readonly value: T }
  | {
      readonly error: unknown;
      readonly passing: boolean;
      readonly status?: number;
      readonly retryAfter?: string | undefined;
    };

const otherShape = (asking: Asking, cause: unknown): AppError =>
  new AppError('api_error', `The API server answers for ${subjectOf(asking)} with something unexpected.`, {
    hint: 'Check that the server in the kubeconfig is an API server.',
    cause,
  });

const tooLarge = (): AppError =>
  new AppError('api_error', 'The answer of the API server is larger than what is read at once.', {
    hint: 'Ask for less: one namespace, a selector, a smaller limit.',
    details: { too_large: true },
  });

const header = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? value[0] : value);
