import type { KubernetesObject } from '../../engines/objects.ts';
import { isShaped, shapeOf } from './field-shapes.ts';
import { typeOf } from './layout.ts';

/** An object as an API server could have sent it. */
export interface WellFormed {
  readonly object: KubernetesObject;
  /** Where something else stood that was left out, such as `status.conditions[2]`; the first few. */
  readonly dropped: readonly string[];
}

/** Faults of one object that are told. */
const maximumDropped = 3;

/**
 * An object without what the API server could never have sent: rules trust that a list is a list. Of kinds that others
 * define, only what rules read of them is known. Parts of another shape, which only an editor or a forger makes, are left
 * out and named. Nulls mean absent, and numbers where texts belong are texts that somebody wrote without quotes; neither
 * is named.
 */
export function wellFormed(object: KubernetesObject): WellFormed {
  const dropped: string[] = [];
  const { apiVersion, kind, metadata, ...others } = object;
  const shapedAs = typeOf(object) !== undefined || isShaped(kind) ? kind : undefined;
  const fields = fieldsOf(others, { kind: shapedAs, parent: '', path: '', dropped });
  const { name } = metadata;
  // Metadata is the same for all kinds.
  const named = { ...fieldsOf(metadata, { kind: 'Pod', parent: 'metadata', path: 'metadata', dropped }), name };
  return { object: { ...fields, apiVersion, kind, metadata: named }, dropped };
}

interface Place {
  readonly kind: string | undefined;
  /** The field that holds it, through lists. */
  readonly parent: string;
  readonly path: string;
  readonly dropped: string[];
}

const nothing = Symbol('nothing');

function fieldsOf(fields: object, place: Place): object {
  const kept: (readonly [string, unknown])[] = [];
  for (const [name, value] of Object.entries(fields)) {
    const path = place.path === '' ? name : `${place.path}.${name}`;
    const fitting = shaped(value, shapeOf(place.kind, place.parent, name), { ...place, parent: name, path });
    if (fitting !== nothing) kept.push([name, fitting]);
  }
  return Object.fromEntries(kept);
}

/** The value as its shape wants it, or nothing. */
function shaped(value: unknown, shape: string | undefined, place: Place): unknown {
  if (value === null) return nothing;
  switch (shape) {
    case 'text':
      return asText(value, place);
    case 'texts':
      return Array.isArray(value) ? itemsOf(value, place, asText) : drop(place);
    case 'list':
      return Array.isArray(value) ? itemsOf(value, place, asRecord) : drop(place);
    case 'textMap':
      return isRecord(value) ? textsOf(value, place) : drop(place);
    case 'record':
      return asRecord(value, place);
    case 'number':
      return Number.isFinite(value) ? value : drop(place);
    case 'boolean':
      return typeof value === 'boolean' ? value : drop(place);
    case 'intOrString':
      return Number.isFinite(value) || typeof value === 'string' ? value : drop(place);
    case 'schema':
      return isRecord(value) ? value : drop(place);
    default:
      return anything(value, place);
  }
}

function asText(value: unknown, place: Place): unknown {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : drop(place);
}

const asRecord = (value: unknown, place: Place): unknown => (isRecord(value) ? fieldsOf(value, place) : drop(place));

const textsOf = (fields: object, place: Place): object =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([key, value]: [string, unknown]) => {
      const text = value === null ? nothing : asText(value, { ...place, path: `${place.path}.${key}` });
      return text === nothing ? [] : [[key, text]];
    }),
  );

function itemsOf(
  items: readonly unknown[],
  place: Place,
  shape: (item: unknown, place: Place) => unknown,
): readonly unknown[] {
  return items
    .map((item, index) => (item === null ? nothing : shape(item, { ...place, path: `${place.path}[${index}]` })))
    .filter((item) => item !== nothing);
}

const anything = (value: unknown, place: Place): unknown =>
  Array.isArray(value) ? itemsOf(value, place, anything) : isRecord(value) ? fieldsOf(value, place) : value;

function drop({ path, dropped }: Place): typeof nothing {
  if (dropped.length < maximumDropped) dropped.push(path);
  return nothing;
}

const isRecord = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
