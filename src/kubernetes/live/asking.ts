import type { ResourceType } from '../ports.ts';
import { builtinTypes } from './builtin-types.ts';

/** One thing to ask an API server for: what errors and metrics name it by. */
export interface Asking {
  /** The verb of RBAC. */
  readonly verb: 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete';
  /** Absent for paths that are no resource, such as `/version`. */
  readonly type?: Pick<ResourceType, 'group' | 'resource' | 'kind'> | undefined;
  readonly subresource?: string | undefined;
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
  readonly narrowing?: Narrowing | undefined;
}

/** What a list is cut down to, and where it goes on: words of the caller that an API server may refuse. */
export interface Narrowing {
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
  /** The server's continue token. */
  readonly next?: string | undefined;
}

/** `get pods`, `list apps/deployments`, `get pods/log`: as tools state what they need. */
export function permissionOf({ verb, type, subresource }: Asking): string {
  if (type === undefined) return verb;
  const resource = type.group === '' ? type.resource : `${type.group}/${type.resource}`;
  return subresource === undefined ? `${verb} ${resource}` : `${verb} ${resource}/${subresource}`;
}

/** `Pod/web-1 in namespace shop`, `pods in namespace shop`, `the log of …`: for sentences. */
export function subjectOf({ type, subresource, namespace, name }: Asking): string {
  if (type === undefined) return 'the API server';
  const object = name === undefined ? type.resource : `${type.kind}/${name}`;
  const place = namespace === undefined ? object : `${object} in namespace ${namespace}`;
  return subresource === undefined ? place : `the ${subresource} of ${place}`;
}

const knownResources: ReadonlySet<string> = new Set(builtinTypes.map(({ resource }) => resource));

/** The label of metrics: of a closed set, so what clusters define themselves is `custom`. */
export function labelOf({ type, subresource }: Asking): string {
  if (type === undefined) return 'none';
  const resource = knownResources.has(type.resource) ? type.resource : 'custom';
  return subresource === undefined ? resource : `${resource}/${subresource}`;
}
