import type { KubernetesObject } from '../../engines/objects.ts';
import { typeOf } from './layout.ts';

/** Fields that are lists of objects wherever the built-in kinds have them. */
const lists = new Set([
  'addresses',
  'conditions',
  'containers',
  'containerStatuses',
  'endpoints',
  'env',
  'envFrom',
  'ephemeralContainers',
  'ephemeralContainerStatuses',
  'imagePullSecrets',
  'initContainers',
  'initContainerStatuses',
  'managedFields',
  'ownerReferences',
  'paths',
  'ports',
  'rules',
  'taints',
  'tls',
  'tolerations',
  'volumeMounts',
  'volumes',
  'webhooks',
]);

/** Fields that are objects. */
const records = new Set([
  'annotations',
  'labels',
  'lastState',
  'matchLabels',
  'metadata',
  'resources',
  'running',
  'spec',
  'state',
  'status',
  'template',
  'terminated',
  'waiting',
]);

/**
 * A built-in object without what the API server could never have sent: rules trust that a list is a list. Parts of
 * another shape, which only an editor or a forger makes, are left out, and so are nulls in the place of them.
 */
export function wellFormed(object: KubernetesObject): KubernetesObject {
  if (typeOf(object) === undefined) return object;
  const { apiVersion, kind } = object;
  const { name, namespace, ...metadata } = object.metadata;
  return {
    ...fieldsOf({ ...object, metadata }),
    apiVersion,
    kind,
    metadata: { ...fieldsOf(metadata), name, ...(typeof namespace === 'string' && { namespace }) },
  };
}

const fieldsOf = (fields: object): object =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([key, value]: [string, unknown]) =>
      fits(key, value) ? [[key, cleaned(value, key)]] : [],
    ),
  );

function fits(key: string, value: unknown): boolean {
  if (lists.has(key)) return Array.isArray(value);
  // What is observed of a condition is a word; what is observed of an object is not.
  if (key === 'status' && typeof value === 'string') return true;
  return !records.has(key) || isRecord(value);
}

function cleaned(value: unknown, key: string): unknown {
  if (Array.isArray(value)) {
    const items: readonly unknown[] = lists.has(key) ? value.filter(isRecord) : value;
    return items.map((item) => cleaned(item, ''));
  }
  return isRecord(value) ? fieldsOf(value) : value;
}

const isRecord = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
