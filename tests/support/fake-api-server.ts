import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { KubernetesObject, ObjectRef } from '../../src/engines/objects.ts';
import type { ResourceType } from '../../src/kubernetes/ports.ts';
import { answer, type FakeWorld, statusOf } from './fake-api-answers.ts';
import { kept } from './fake-api-writes.ts';
import { writeKubeconfig } from './kubeconfig-file.ts';
import type { SelfSigned } from './self-signed.ts';

export interface FakeApiServerOptions {
  /** Served generically for get, list (with selectors and pages), Table and metadata lists. */
  readonly objects?: readonly KubernetesObject[];
  /** Log text by `namespace/pod/container`, and `namespace/pod/container?previous`; lines without timestamps. */
  readonly logs?: Readonly<Record<string, string | readonly string[]>>;
  /** Kinds beside the built-in ones, such as CRDs. */
  readonly types?: readonly ResourceType[];
  /** `gitVersion`. */
  readonly version?: string;
  /** When given, every request needs this bearer token, else 401. */
  readonly token?: string;
  /** Reads answered with 403, as `verb resource`, such as `list secrets` or `get pods/log`. */
  readonly denied?: readonly string[];
  /** Whether it speaks aggregated discovery; a server before 1.27 does not. Default true. */
  readonly aggregatedDiscovery?: boolean;
  /** Serves https with this certificate. */
  readonly tls?: SelfSigned;
  /** Also demand a client certificate that this authority signed. */
  readonly clientAuthority?: string;
  /** The Date of every answer, in milliseconds; by default the time. */
  readonly clock?: number;
  /** Whether it takes writes: then objects have uids and versions, and keep what is written. */
  readonly writable?: boolean;
}

export interface RecordedRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** What a matched request gets instead of its answer. */
export type Fault =
  | { readonly status: number; readonly reason?: string; readonly message?: string; readonly retryAfter?: number }
  /** Never answers. */
  | 'hang'
  /** Resets the connection before an answer. */
  | 'reset'
  /** Half of the right body, then a reset. */
  | 'reset-mid-body'
  /** Half of the right body, ended as if it were whole. */
  | 'truncated-json'
  /** The right answer, late. */
  | { readonly delayMs: number }
  /** A JSON answer of one's own. */
  | { readonly json: unknown }
  /** A text answer of one's own. */
  | { readonly text: string; readonly contentType?: string }
  | ((request: RecordedRequest, response: ServerResponse) => void);

export interface FakeApiServer {
  readonly url: string;
  /** Everything that arrived, oldest first. */
  readonly requests: readonly RecordedRequest[];
  /** Requests that neither objects nor overrides spell out; they were answered with 500. */
  readonly unexpected: readonly string[];
  /**
   * Overrides requests for which `match` holds: `'GET /api/v1/pods'` (method and exact path) or a predicate; the first
   * `times` of them, by default all. Later overrides win.
   */
  on(match: string | ((request: RecordedRequest) => boolean), fault: Fault, times?: number): void;
  /** Adds objects or replaces those of the same name. */
  apply(...objects: readonly KubernetesObject[]): void;
  remove(ref: ObjectRef): void;
  /** The object as it stands now. */
  stored(ref: ObjectRef): KubernetesObject | undefined;
  setToken(token: string): void;
  /** Writes a kubeconfig of one context, `fake`, into a new temporary folder and returns its path. */
  kubeconfig(options?: {
    readonly user?: object;
    readonly cluster?: object;
    readonly namespace?: string;
  }): Promise<string>;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** A small API server on loopback that serves the given objects and answers 500 to whatever nothing spells out. */
export async function aFakeApiServer(options: FakeApiServerOptions = {}): Promise<FakeApiServer> {
  const keep = (object: KubernetesObject) => (options.writable === true ? kept(object) : object);
  const world: FakeWorld = { ...options, objects: (options.objects ?? []).map(keep) };
  const overrides: { match: (request: RecordedRequest) => boolean; fault: Fault; left: number }[] = [];
  const requests: RecordedRequest[] = [];
  const unexpected: string[] = [];

  async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    if (options.clock !== undefined) response.setHeader('date', new Date(options.clock).toUTCString());
    const request = await record(incoming);
    requests.push(request);
    const override = overrides.findLast(({ match, left }) => left > 0 && match(request));
    if (override !== undefined) {
      override.left -= 1;
      return misbehave(override.fault, { request, response, answered: () => answer(world, request) });
    }
    const right = answer(world, request);
    if (right.unexpected) unexpected.push(`${request.method} ${request.path}`);
    send(response, right);
  }

  const server = listener(options, (incoming, response) => {
    serve(incoming, response).catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `${options.tls ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = async () => {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  };

  return {
    url,
    requests,
    unexpected,
    on(match, fault, times = Number.POSITIVE_INFINITY) {
      const matches =
        typeof match === 'string' ? ({ method, path }: RecordedRequest) => `${method} ${path}` === match : match;
      overrides.push({ match: matches, fault, left: times });
    },
    apply(...objects) {
      for (const object of objects) {
        world.objects = [...world.objects.filter((other) => !sameObject(other, object)), keep(object)];
      }
    },
    remove({ kind, namespace, name }) {
      world.objects = world.objects.filter(
        (object) => object.kind !== kind || object.metadata.namespace !== namespace || object.metadata.name !== name,
      );
    },
    stored: ({ kind, namespace, name }) =>
      world.objects.find(
        ({ kind: other, metadata }) => other === kind && metadata.namespace === namespace && metadata.name === name,
      ),
    setToken(token) {
      world.token = token;
    },
    kubeconfig: ({ user = { token: options.token ?? 'test' }, cluster = {}, namespace } = {}) =>
      writeKubeconfig([{ name: 'fake', server: url, user, cluster: { ...trustOf(options), ...cluster }, namespace }]),
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Closes servers; throws when one of them was asked something that nobody spelled out. */
export async function closeServers(servers: readonly FakeApiServer[]): Promise<void> {
  await Promise.all(servers.map((server) => server.close()));
  const unexpected = servers.flatMap((server) => server.unexpected);
  if (unexpected.length > 0) throw new Error(`Nobody spelled out: ${unexpected.join(', ')}`);
}

function listener({ tls, clientAuthority }: FakeApiServerOptions, handler: Parameters<typeof createServer>[1]): Server {
  if (tls === undefined) return createServer(handler as never);
  const clientCheck = clientAuthority === undefined ? {} : { ca: clientAuthority, requestCert: true };
  return createTlsServer({ key: tls.key, cert: tls.cert, ...clientCheck }, handler as never);
}

const trustOf = ({ tls }: FakeApiServerOptions): object =>
  tls === undefined
    ? { 'insecure-skip-tls-verify': true }
    : { 'certificate-authority-data': Buffer.from(tls.cert).toString('base64') };

const sameObject = (a: KubernetesObject, b: KubernetesObject): boolean =>
  a.kind === b.kind &&
  a.apiVersion === b.apiVersion &&
  a.metadata.name === b.metadata.name &&
  a.metadata.namespace === b.metadata.namespace;

async function record(incoming: IncomingMessage): Promise<RecordedRequest> {
  const { pathname, searchParams } = new URL(incoming.url ?? '/', 'http://fake');
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return {
    method: incoming.method ?? '',
    path: decodeURIComponent(pathname),
    query: searchParams,
    headers: incoming.headers,
    body: Buffer.concat(chunks).toString(),
  };
}

export interface Answer {
  readonly status: number;
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string>>;
  readonly unexpected?: boolean;
}

function send(response: ServerResponse, { status, body, headers }: Answer): void {
  response.writeHead(status, headers).end(body);
}

interface Exchange {
  readonly request: RecordedRequest;
  readonly response: ServerResponse;
  /** Does what is asked; a fault without it leaves everything as it was. */
  readonly answered: () => Answer;
}

async function misbehave(fault: Fault, { request, response, answered }: Exchange): Promise<void> {
  if (typeof fault === 'function') return fault(request, response);
  if (fault === 'hang') return;
  if (fault === 'reset') return void response.socket?.resetAndDestroy();
  if (fault === 'truncated-json' || fault === 'reset-mid-body') return halfOf(answered(), fault, response);
  if ('delayMs' in fault) {
    const right = answered();
    await sleep(fault.delayMs);
    return send(response, right);
  }
  if ('json' in fault) return send(response, ownAnswer(JSON.stringify(fault.json), 'application/json'));
  if ('text' in fault) return send(response, ownAnswer(fault.text, fault.contentType ?? 'text/plain'));
  const { status, reason = '', message = `fault ${status}`, retryAfter } = fault;
  const headers = {
    'content-type': 'application/json',
    ...(retryAfter !== undefined && { 'retry-after': String(retryAfter) }),
  };
  send(response, { status, headers, body: Buffer.from(JSON.stringify(statusOf(status, reason, message))) });
}

function halfOf(right: Answer, fault: 'truncated-json' | 'reset-mid-body', response: ServerResponse): void {
  const half = right.body.subarray(0, Math.floor(right.body.length / 2));
  if (fault === 'truncated-json') return send(response, { ...right, body: half });
  response.writeHead(right.status, { ...right.headers, 'content-length': String(right.body.length) });
  response.write(half, () => setImmediate(() => response.socket?.resetAndDestroy()));
}

const ownAnswer = (text: string, contentType: string): Answer => ({
  status: 200,
  headers: { 'content-type': contentType },
  body: Buffer.from(text),
});
