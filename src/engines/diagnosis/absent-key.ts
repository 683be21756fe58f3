import { nearest } from '../../platform/nearest.ts';
import { type Container, nameOf, type ObjectRef, type Pod } from '../objects.ts';
import type { PodContainer } from '../pods.ts';
import type { Snapshot } from '../snapshot.ts';
import type { CrashGap } from './crash-gap.ts';

/** A variable that stays unset, because the key that it may take is not in its ConfigMap or Secret. */
export interface AbsentKey {
  readonly variable: string;
  readonly key: string;
  readonly object: ObjectRef;
  /** Keys that the object has. */
  readonly present: readonly string[];
  /** The key that may be meant. */
  readonly meant: string | undefined;
}

/** Every variable of a container whose `optional` key is known to be absent from an object that is there. */
export function absentKeys(
  snapshot: Snapshot,
  namespace: string | undefined,
  { env = [] }: Container,
): readonly AbsentKey[] {
  return env.flatMap((entry): readonly AbsentKey[] => {
    const asked = askedKey(namespace, entry);
    const present = asked === undefined ? undefined : keysOf(snapshot, asked.object);
    if (asked === undefined || present === undefined || present.includes(asked.key)) return [];
    const { name: variable = '' } = entry;
    const meant = present.includes(variable) ? variable : nearest(asked.key, present, 1)[0];
    return [{ ...asked, variable, present, meant }];
  });
}

type Variable = NonNullable<Container['env']>[number];

function askedKey(
  namespace: string | undefined,
  { valueFrom }: Variable,
): Pick<AbsentKey, 'key' | 'object'> | undefined {
  const ref = valueFrom?.configMapKeyRef ?? valueFrom?.secretKeyRef;
  if (ref?.optional !== true || ref.name === undefined || ref.key === undefined) return undefined;
  const kind = valueFrom?.configMapKeyRef === undefined ? 'Secret' : 'ConfigMap';
  return { key: ref.key, object: { kind, namespace, name: ref.name } };
}

/** Keys of a ConfigMap or Secret; `undefined` when it was not seen. */
export function keysOf(snapshot: Snapshot, { kind, namespace, name }: ObjectRef): readonly string[] | undefined {
  const object =
    kind === 'Secret' ? snapshot.find('Secret', namespace, name) : snapshot.find('ConfigMap', namespace, name);
  return object === undefined ? undefined : Object.keys(object.data ?? {}).toSorted();
}

const shown = 5;

/** `ConfigMap/app has no key MDOE, which env[MODE] calls optional; it has MODE`. */
export function absentKeySays({ variable, key, object, present, meant }: AbsentKey): string {
  const has = meant ?? (present.slice(0, shown).join(', ') || 'none');
  return `${nameOf(object)} has no key ${key}, which env[${variable}] calls optional; it has ${has}`;
}

/** How to bring the variable. */
export const absentKeyFixes = ({ variable, key, object, meant }: AbsentKey): CrashGap['fixes'] => [
  ...(meant === undefined
    ? []
    : [{ advice: `let env[${variable}] ask for key ${meant}`, reason: `${nameOf(object)} has it` }]),
  { advice: `add key ${key} to ${nameOf(object)} from its source`, reason: `env[${variable}] takes it from there` },
];

/** The variable that a complaint names, when the key behind it is not there. */
export function absentKeyGap(
  snapshot: Snapshot,
  { pod, container }: { readonly pod: Pod; readonly container: PodContainer },
  text: string,
): CrashGap | undefined {
  const words = new Set(text.match(/\w+/g));
  const found = absentKeys(snapshot, pod.metadata.namespace, container.spec).find(({ variable }) =>
    words.has(variable),
  );
  if (found === undefined) return undefined;
  const says = absentKeySays(found);
  return {
    says,
    evidence: [{ object: found.object, source: 'spec', text: `keys: ${found.present.join(', ') || '(none)'}` }],
    fixes: absentKeyFixes(found),
  };
}
