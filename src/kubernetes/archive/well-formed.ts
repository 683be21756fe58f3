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

/** Fields that are texts. */
const texts = new Set([
  'claimName',
  'containerID',
  'fieldPath',
  'host',
  'image',
  'imageID',
  'key',
  'message',
  'name',
  'namespace',
  'nodeName',
  'phase',
  'reason',
  'resourceVersion',
  'secretName',
  'serviceName',
  'storageClassName',
  'type',
  'uid',
  'volumeName',
]);

/** Fields that are texts by name. */
const textMaps = new Set(['annotations', 'labels', 'matchLabels']);

/** Fields that are lists of texts. */
const textLists = new Set(['accessModes', 'args', 'command', 'finalizers']);

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
  if (lists.has(key) || textLists.has(key)) return Array.isArray(value);
  // What is observed of a condition is a word; what is observed of an object is not.
  if (key === 'status' && typeof value === 'string') return true;
  if (texts.has(key)) return typeof value === 'string' || value === null;
  return !records.has(key) || isRecord(value);
}

function cleaned(value: unknown, key: string): unknown {
  if (Array.isArray(value)) {
    if (textLists.has(key)) return value.filter((item) => typeof item === 'string');
    const items: readonly unknown[] = lists.has(key) ? value.filter(isRecord) : value;
    return items.map((item) => (key === 'env' ? withText(cleaned(item, '')) : cleaned(item, '')));
  }
  if (!isRecord(value)) return value;
  return textMaps.has(key)
    ? Object.fromEntries(Object.entries(value).filter(([, text]) => typeof text === 'string'))
    : fieldsOf(value);
}

/** A variable that somebody wrote by hand as a number. */
const withText = (variable: unknown): unknown =>
  isRecord(variable) && 'value' in variable && typeof variable.value !== 'string'
    ? { ...variable, value: JSON.stringify(variable.value) }
    : variable;

const isRecord = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
