import { gzipSync } from 'node:zlib';
import type { KubernetesObject } from '../../src/engines/objects.ts';
import { apiVersionOf, builtinTypes } from '../../src/kubernetes/live/builtin-types.ts';
import type { ResourceType } from '../../src/kubernetes/ports.ts';
import { discoveryOf } from './fake-api-discovery.ts';
import { fieldSelectorHolds, labelSelectorHolds } from './fake-api-selectors.ts';
import type { Answer, FakeApiServerOptions, RecordedRequest } from './fake-api-server.ts';
import { tableOf } from './fake-api-table.ts';
import { verbOf, write } from './fake-api-writes.ts';

/** What a fake API server serves at the moment. */
export interface FakeWorld extends Omit<FakeApiServerOptions, 'objects' | 'token'> {
  objects: readonly KubernetesObject[];
  token?: string | undefined;
}

/** The right answer of a healthy API server, or 500 when the fake does not know the request. */
export function answer(world: FakeWorld, request: RecordedRequest): Answer {
  if (world.token !== undefined && request.headers.authorization !== `Bearer ${world.token}`) {
    return failure(401, 'Unauthorized', 'Unauthorized');
  }
  const { method, path } = request;
  if (method === 'POST' && path.endsWith('/selfsubjectaccessreviews'))
    return json(request, reviewed(world, request), 201);
  if (method !== 'GET') return world.writable === true ? written(world, request) : surprise(request);
  if (path === '/version') return json(request, { major: '1', minor: '36', gitVersion: world.version ?? 'v1.36.3' });
  if (path === '/readyz') return text('ok');
  const discovery = discoveryOf([...builtinTypes, ...(world.types ?? [])], request, world.aggregatedDiscovery ?? true);
  if (discovery !== undefined) return json(request, discovery);
  if (/^\/apis\/[^/]+\/[^/]+$/.test(path)) return { ...text('404 page not found\n'), status: 404 };
  return resourceAnswer(world, request);
}

export const statusOf = (code: number, reason: string, message: string): object => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message,
  reason,
  code,
});

const resourcePath =
  /^(?:\/api\/(?<core>v1)|\/apis\/(?<group>[^/]+)\/(?<version>[^/]+))(?:\/namespaces\/(?<namespace>[^/]+)(?=\/))?\/(?<resource>[^/]+)(?:\/(?<name>[^/]+))?(?:\/(?<sub>[^/]+))?$/;

/** What a path leads to. */
export interface Place {
  readonly type: ResourceType;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  readonly sub: string | undefined;
}

/** Undefined for a path that is none of a resource, or of one that is not served. */
function placed(world: FakeWorld, path: string): Place | undefined {
  const found = resourcePath.exec(path)?.groups;
  const { group = '', namespace, resource, name, sub } = found ?? {};
  const version = found?.core ?? found?.version;
  const type = [...builtinTypes, ...(world.types ?? [])].find(
    (candidate) => candidate.group === group && candidate.version === version && candidate.resource === resource,
  );
  return type && { type, namespace, name, sub };
}

function written(world: FakeWorld, request: RecordedRequest): Answer {
  const place = placed(world, request.path);
  if (place === undefined) return { ...text('404 page not found\n'), status: 404 };
  const { type, sub } = place;
  const verb = verbOf(request.method);
  const asked = sub === undefined ? type.resource : `${type.resource}/${sub}`;
  if (world.denied?.includes(`${verb} ${asked}`)) return forbidden(verb, { ...place, asked });
  const outcome = write(world, place, request);
  return outcome === undefined ? surprise(request) : json(request, outcome.value, outcome.status);
}

function resourceAnswer(world: FakeWorld, request: RecordedRequest): Answer {
  if (!resourcePath.test(request.path)) return surprise(request);
  const place = placed(world, request.path);
  if (place === undefined) return { ...text('404 page not found\n'), status: 404 };
  const { type, namespace, name, sub } = place;
  const verb = name === undefined ? 'list' : 'get';
  const asked = sub === undefined ? type.resource : `${type.resource}/${sub}`;
  if (world.denied?.includes(`${verb} ${asked}`)) return forbidden(verb, { type, asked, namespace, name });
  const objects = world.objects.filter(
    (object) =>
      object.kind === type.kind &&
      object.apiVersion === apiVersionOf(type) &&
      (namespace === undefined || object.metadata.namespace === namespace),
  );
  if (name === undefined) return list(type, objects, request);
  const object = objects.find((candidate) => candidate.metadata.name === name);
  if (object === undefined) return failure(404, 'NotFound', `${qualified(type)} "${name}" not found`);
  if (sub === undefined) return json(request, object);
  return sub === 'log' ? log(world, object, request) : surprise(request);
}

const qualified = ({ group, resource }: ResourceType): string => (group === '' ? resource : `${resource}.${group}`);

function list(type: ResourceType, objects: readonly KubernetesObject[], request: RecordedRequest): Answer {
  const { query } = request;
  const selected = objects.filter(
    (object) =>
      labelSelectorHolds(query.get('labelSelector') ?? '', object) &&
      fieldSelectorHolds(query.get('fieldSelector') ?? '', object),
  );
  const start = Number(query.get('continue') ?? 0);
  const end = start + (Number(query.get('limit') ?? 0) || selected.length);
  const more = end < selected.length;
  const metadata = {
    resourceVersion: '1000',
    ...(more && { continue: String(end), remainingItemCount: selected.length - end }),
  };
  const page = selected.slice(start, end);
  const accept = request.headers.accept ?? '';
  if (accept.includes('as=Table')) {
    return json(request, tableOf(type, page, { metadata, include: query.get('includeObject') ?? 'Metadata' }));
  }
  if (accept.includes('as=PartialObjectMetadataList')) {
    const items = page.map(({ metadata: head }) => ({ metadata: head }));
    return json(request, { kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1', metadata, items });
  }
  // As the real one does, items of a list carry no kind and no apiVersion.
  const items = page.map(({ kind: _kind, apiVersion: _apiVersion, ...rest }) => rest);
  return json(request, { kind: `${type.kind}List`, apiVersion: apiVersionOf(type), metadata, items });
}

function log(world: FakeWorld, pod: KubernetesObject, { query }: RecordedRequest): Answer {
  const { name, namespace } = pod.metadata;
  const previous = query.get('previous') === 'true';
  const container = query.get('container') ?? '';
  const logged = world.logs?.[`${namespace}/${name}/${container}${previous ? '?previous' : ''}`];
  if (logged === undefined) {
    const why = previous
      ? `previous terminated container "${container}" in pod "${name}" not found`
      : `container ${container} is not valid for pod ${name}`;
    return failure(400, 'BadRequest', why);
  }
  const lines = typeof logged === 'string' ? logged.split('\n').filter((line) => line !== '') : logged;
  const tail = lines.slice(-Number(query.get('tailLines') ?? lines.length));
  const stamp = query.get('timestamps') === 'true' ? '2026-01-02T03:04:05.123456789Z ' : '';
  const bytes = Buffer.from(tail.map((line) => `${stamp}${line}\n`).join(''));
  return text(bytes.subarray(0, Number(query.get('limitBytes') ?? bytes.length)));
}

function reviewed({ denied = [] }: FakeWorld, { body }: RecordedRequest): object {
  const review = JSON.parse(body) as { spec: { resourceAttributes: Record<string, string> } };
  const { verb, resource, subresource } = review.spec.resourceAttributes;
  const asked = subresource ? `${resource}/${subresource}` : resource;
  const allowed = !denied.includes(`${verb} ${asked}`);
  return { ...review, status: { allowed, reason: allowed ? 'RBAC: allowed by fake' : '' } };
}

interface Refused {
  readonly type: ResourceType;
  readonly asked: string;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
}

function forbidden(verb: string, { type, asked, namespace, name }: Refused): Answer {
  const object = name === undefined ? '' : ` "${name}"`;
  const where = namespace === undefined ? 'at the cluster scope' : `in the namespace "${namespace}"`;
  const cannot = `User "fake" cannot ${verb} resource "${asked}" in API group "${type.group}" ${where}`;
  return failure(403, 'Forbidden', `${qualified(type)}${object} is forbidden: ${cannot}`);
}

const surprise = ({ method, path }: RecordedRequest): Answer => ({
  ...failure(500, 'InternalError', `fake API server: nobody spelled out ${method} ${path}`),
  unexpected: true,
});

const failure = (status: number, reason: string, message: string): Answer => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: Buffer.from(JSON.stringify(statusOf(status, reason, message))),
});

const text = (body: string | Buffer): Answer => ({
  status: 200,
  headers: { 'content-type': 'text/plain' },
  body: Buffer.from(body),
});

function json(request: RecordedRequest, value: unknown, status = 200): Answer {
  const body = Buffer.from(JSON.stringify(value));
  const headers = { 'content-type': 'application/json' };
  const zip = body.length > 4096 && request.headers['accept-encoding']?.includes('gzip') === true;
  return zip
    ? { status, body: gzipSync(body), headers: { ...headers, 'content-encoding': 'gzip' } }
    : { status, body, headers };
}
