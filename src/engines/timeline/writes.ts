import { helmRevision } from '../delivered.ts';
import { controllers } from '../diagnosis/changes.ts';
import { second, timeOf } from '../durations.ts';
import { type KubernetesObject, keyOf, refOf } from '../objects.ts';
import { controllerOf } from '../owners.ts';
import type { Snapshot } from '../snapshot.ts';
import type { TimelineEntry } from './entry.ts';

/** What controllers write all the time, and what tells its story otherwise. */
const otherwise = new Set([
  'Pod',
  'ReplicaSet',
  'ControllerRevision',
  'Event',
  'EndpointSlice',
  'Endpoints',
  'Node',
  'Lease',
]);
/** Every namespace gets them from the control plane. */
const injected = new Set(['ConfigMap/kube-root-ca.crt', 'ServiceAccount/default']);

/**
 * Who wrote which object when, from its managed fields: the last write of each writer, and its creation. Of ConfigMaps
 * and Secrets the keys, never a value. Writes of replicas by way of `scale` carry no time there (seen on 1.36).
 */
export function writesOf(snapshot: Snapshot, namespace: string | undefined): readonly TimelineEntry[] {
  const known = new Map([...snapshot.data.objects, ...snapshot.data.heads].map((each) => [keyOf(refOf(each)), each]));
  const objects = [...known.values()].filter(
    ({ kind, metadata }) =>
      !otherwise.has(kind) &&
      !injected.has(`${kind}/${metadata.name}`) &&
      (namespace === undefined || metadata.namespace === undefined || metadata.namespace === namespace),
  );
  return objects.flatMap((object) =>
    // What Helm writes to a revision later is only that another one has come.
    controllerOf(object) === undefined
      ? [...creationOf(object), ...(helmRevision(object) === undefined ? changesOf(object) : [])]
      : [],
  );
}

const sameWrite = 2 * second;

function creationOf(object: KubernetesObject): readonly TimelineEntry[] {
  const { creationTimestamp: at, managedFields = [] } = object.metadata;
  if (at === undefined) return [];
  const by = managedFields.find(({ time, subresource }) => subresource === undefined && isNear(time, at))?.manager;
  return [
    {
      at,
      kind: 'change',
      object: refOf(object),
      what: helmRevision(object) ?? 'created',
      ...(by !== undefined && { by }),
    },
  ];
}

const isNear = (time: string | undefined, other: string | undefined): boolean =>
  Math.abs((timeOf(time) ?? 0) - (timeOf(other) ?? 0)) < sameWrite;

type ManagedFields = NonNullable<KubernetesObject['metadata']['managedFields']>[number];

const changesOf = (object: KubernetesObject): readonly TimelineEntry[] =>
  (object.metadata.managedFields ?? []).flatMap((write): readonly TimelineEntry[] => {
    const { manager, subresource, time: at } = write;
    if (at === undefined || isNear(at, object.metadata.creationTimestamp)) return [];
    if (subresource !== undefined || controllers.test(manager ?? '')) return [];
    const by = manager === undefined ? {} : { by: manager };
    return [{ at, kind: 'change', object: refOf(object), what: `changed${keysOf(write)}`, ...by }];
  });

const shownKeys = 5;

/** The keys that a writer owns; which of them it touched last is not recorded. */
function keysOf({ fieldsV1 }: ManagedFields): string {
  const keys = Object.keys(memberOf(fieldsV1, 'f:data') ?? {}).flatMap((key) =>
    key.startsWith('f:') ? [key.slice(2)] : [],
  );
  if (keys.length === 0) return '';
  const more = keys.length > shownKeys ? ` and ${keys.length - shownKeys} more` : '';
  return ` (owns ${keys.slice(0, shownKeys).join(', ')}${more})`;
}

function memberOf(value: unknown, name: string): object | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const member: unknown = Object.getOwnPropertyDescriptor(value, name)?.value;
  return typeof member === 'object' && member !== null ? member : undefined;
}
