import type { Identity } from '../../engines/access/request.ts';
import type { Asking } from './asking.ts';
import { parseJson } from './body.ts';
import type { Connection, Connector } from './connection.ts';
import { countedRequest } from './counted-request.ts';
import { errorOfFailure, type Way } from './errors.ts';
import { exchange } from './exchange.ts';
import { queryOf } from './paths.ts';
import type { RestOptions, Timeouts } from './rest.ts';
import { type StatusBody, statusBody } from './status-body.ts';
import { errorOfWriteFailure, errorOfWriteStatus } from './write-errors.ts';

export interface WriteRequest {
  readonly asking: Asking;
  /** Encoded, without a query. */
  readonly path: string;
  readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Sent as JSON. */
  readonly body: unknown;
  /** Default `application/json`. */
  readonly contentType?: string | undefined;
  /** The API server does everything but keep it. */
  readonly dryRun?: boolean | undefined;
  /** Whose request it is, when not that of the credentials. */
  readonly impersonate?: Identity | undefined;
}

/** Changes to one API server as one user. */
export interface Writes {
  /**
   * The answer to one change, as JSON. Sent once: only when the API server does not know who asks (401, before anything
   * else) it is sent again with new credentials. Throws `AppError`; after `timeout` and `unavailable` nobody knows whether
   * it was done unless `details.effect` is `none`, after every other code nothing has changed.
   */
  write(request: WriteRequest, call: { readonly signal: AbortSignal }): Promise<unknown>;
}

interface Wires {
  readonly connector: Connector;
  readonly talking: Pick<RestOptions, 'requestId' | 'userAgent' | 'metrics'>;
  readonly timeouts: Timeouts;
}

const answerCap = 8 * 1024 * 1024;
/** Whose field is whose: managedFields name us by it. */
const fieldManager = 'kubemend';

interface Answered {
  readonly status: number;
  readonly said: StatusBody;
  /** Of a 2xx answer. */
  readonly value?: unknown;
}

export function createWrites({ connector, talking, timeouts }: Wires): Writes {
  async function once(connection: Connection, request: WriteRequest, signal: AbortSignal): Promise<Answered> {
    const { asking, method } = request;
    const counted = countedRequest({ asking, method, connection, metrics: talking.metrics });
    try {
      // Webhooks may take their time: giving up early leaves a change of which nobody knows.
      const sent = { ...sentOf(request), headersMs: timeouts.totalMs, receiving };
      const { status, body } = await counted.send(() => exchange(connection, sent, { ...talking, signal }));
      const done = status >= 200 && status < 300;
      const answered = done ? { status, said: {}, value: parseJson(body.bytes) } : { status, said: statusBody(body) };
      counted.answered(status);
      return answered;
    } finally {
      counted.ended();
    }
  }

  return {
    async write(request, call) {
      const signal = AbortSignal.any([call.signal, AbortSignal.timeout(timeouts.totalMs)]);
      let way: Way = { server: '' };
      let sent = false;
      try {
        const connection = await connector.connect(signal);
        way = connection;
        sent = true;
        let answer = await once(connection, request, signal);
        if (answer.status === 401) {
          sent = false;
          const renewed = await connector.reconnect(connection, signal);
          sent = true;
          answer = await once(renewed, request, signal);
        }
        if ('value' in answer) return answer.value;
        throw errorOfWriteStatus(answer.status, answer.said, request);
      } catch (error) {
        call.signal.throwIfAborted();
        throw errorOfWriteFailure(errorOfFailure(error, way, request.asking), { ...request, cause: error, sent });
      }
    },
  };
}

const receiving = () => ({ cap: answerCap });

/** Unknown fields are an error, not a warning: a change does all that was approved, or nothing. */
function sentOf({ path, method, body, contentType, dryRun = false, impersonate }: WriteRequest) {
  const parameters = method === 'DELETE' ? {} : { fieldManager, fieldValidation: 'Strict' };
  const query = queryOf({ ...(dryRun && { dryRun: 'All' }), ...parameters });
  return { path: `${path}${query}`, method, post: body, contentType, impersonate };
}
