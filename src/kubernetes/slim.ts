import type { KubernetesObject } from '../engines/objects.ts';
import { redactObject } from '../platform/redact.ts';
import { certificateFacts } from './certificates.ts';

/**
 * An object as it may be kept: without secrets, and without what no rule reads and what makes up half of its bytes:
 * of managedFields who wrote when stays, in which other version of the API, and for ConfigMaps and Secrets which keys.
 */
export function slimmed(whole: KubernetesObject): KubernetesObject {
  const object = whole.kind === 'Secret' ? withCertificate(whole) : whole;
  const { managedFields, ...metadata } = object.metadata;
  // Whoever wrote an archive may have written anything.
  if (!Array.isArray(managedFields)) return redactObject({ ...object, metadata });
  const withKeys = object.kind === 'ConfigMap' || object.kind === 'Secret';
  const kept = managedFields
    .filter((entry) => typeof entry === 'object' && entry !== null)
    .map((entry) => ({
      ...(entry.manager !== undefined && { manager: entry.manager }),
      ...(entry.operation !== undefined && { operation: entry.operation }),
      ...(entry.subresource !== undefined && { subresource: entry.subresource }),
      ...(entry.time !== undefined && { time: entry.time }),
      ...(entry.apiVersion !== undefined && entry.apiVersion !== object.apiVersion && { apiVersion: entry.apiVersion }),
      ...(withKeys && dataKeysOf(entry.fieldsV1)),
    }));
  return redactObject({ ...object, metadata: { ...metadata, managedFields: kept } });
}

/** What a certificate says of itself is public, and kept in the place of its value. */
function withCertificate(secret: KubernetesObject): KubernetesObject {
  const data: unknown = 'data' in secret ? secret.data : undefined;
  const certificate = isObject(data) ? certificateFacts(data['tls.crt']) : undefined;
  const kept = { ...secret, certificate };
  return certificate === undefined ? secret : kept;
}

/** `fieldsV1` cut down to `{ 'f:data': { 'f:KEY': {} } }`. */
function dataKeysOf(fields: unknown): { fieldsV1?: object } {
  const data = isObject(fields) ? fields['f:data'] : undefined;
  if (!isObject(data)) return {};
  const keys = Object.keys(data).map((key) => [key, {}]);
  return { fieldsV1: { 'f:data': Object.fromEntries(keys) } };
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Any JSON value as an object with identity, or undefined when it is none. */
export function asObject(value: unknown, defaults: { apiVersion: string; kind: string }): KubernetesObject | undefined {
  if (!isObject(value) || !isObject(value.metadata) || typeof value.metadata.name !== 'string') return undefined;
  const identity = {
    apiVersion: typeof value.apiVersion === 'string' ? value.apiVersion : defaults.apiVersion,
    kind: typeof value.kind === 'string' ? value.kind : defaults.kind,
  };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- just checked: identity and name are there
  return { ...value, ...identity } as unknown as KubernetesObject;
}
