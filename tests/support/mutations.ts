import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import type { KubernetesObject } from '../../src/engines/objects.ts';
import type { SnapshotData } from '../../src/engines/snapshot-data.ts';
import { admitted } from '../../src/kubernetes/archive/admitted.ts';
import { readArchive } from '../../src/kubernetes/archive/read.ts';
import { ofKnownKinds } from '../../src/kubernetes/archive/replay.ts';
import { asObject } from '../../src/kubernetes/slim.ts';

const folder = 'tests/eval/recorded';

/** Every n-th recording of the real cluster. */
export const recordings = (every: number): Promise<readonly SnapshotData[]> =>
  Promise.all(
    readdirSync(folder)
      .filter((_, index) => index % every === 0)
      .map((file) => readArchive(`${folder}/${file}`)),
  );

/** One change of an object: what stands at some path becomes something else, or goes. */
export interface Mutation {
  /** Any number; which object, and which of its paths, by remainder. */
  readonly object: number;
  readonly path: number;
  readonly becomes: unknown;
}

/** Stands for "the field is not there". */
const gone = Symbol('gone');

/** What no object has, and what some object has in an unfitting place. */
const anything = fc.oneof(
  { weight: 4, arbitrary: fc.constant(gone) },
  { weight: 2, arbitrary: fc.constantFrom(null, '', [], {}, [null], [{}], { name: 'x' }, true, false) },
  { weight: 2, arbitrary: fc.constantFrom(0, -1, 1, 255, 2 ** 31, -(2 ** 53), 1e308, Number.POSITIVE_INFINITY) },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      'Unknown',
      'True',
      'False',
      'Failed',
      'Running',
      'Pending',
      'NoSuchThing',
      'Unschedulable',
      '__proto__',
      '0',
      '-5',
      '99999999999999999999Gi',
      '1e400',
      '1m',
      'NaN',
      '100%',
      '-1%',
      'x'.repeat(300),
      'not a date',
      '0000-00-00T00:00:00Z',
      '9999-12-31T23:59:59Z',
      '2262-04-12T00:00:00.000000Z',
      '1970-01-01',
      '../..',
      'a/b',
      '\u202e\u0000',
      'Ünïcode',
      '$(X)',
      '*',
      '(',
      '[',
      '10.0.0.0/33',
      '::/0',
      '* * *',
    ),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 20 }) },
);

export const mutations: fc.Arbitrary<readonly Mutation[]> = fc.array(
  fc.record({ object: fc.nat(), path: fc.nat(), becomes: anything }),
  { minLength: 1, maxLength: 12 },
);

/** The recording with these changes, as an archive would be read that holds it. */
export function mutated(data: SnapshotData, changes: readonly Mutation[]): SnapshotData {
  const objects: unknown[] = [...data.objects];
  for (const { object, path, becomes } of objects.length === 0 ? [] : changes) {
    const index = object % objects.length;
    const paths = pathsOf(objects[index]);
    objects[index] = replaced(objects[index], paths[path % paths.length] ?? [], becomes);
  }
  const read = objects.flatMap((value) => {
    const object = asObject(value, { apiVersion: '', kind: '' });
    return object === undefined ? [] : [admitted(object)];
  });
  return ofKnownKinds({
    ...data,
    objects: read.map(({ object }) => object),
    reads: [...data.reads, ...read.flatMap(({ fault }) => fault ?? [])],
  });
}

type Path = readonly (string | number)[];

/** Every place in a value, without the value itself. */
function pathsOf(value: unknown, above: Path = []): readonly Path[] {
  if (typeof value !== 'object' || value === null) return [];
  const keys = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  return keys.flatMap((key) => {
    const path = [...above, key];
    return [path, ...pathsOf((value as Record<string | number, unknown>)[key], path)];
  });
}

function replaced(value: unknown, [key, ...rest]: Path, becomes: unknown): unknown {
  if (key === undefined) return becomes;
  if (Array.isArray(value)) {
    return value.flatMap((item: unknown, index) => {
      const next = index === key ? replaced(item, rest, becomes) : item;
      return next === gone ? [] : [next];
    });
  }
  return Object.fromEntries(
    Object.entries(value as object)
      .map(([name, item]: [string, unknown]) => [name, name === key ? replaced(item, rest, becomes) : item])
      .filter(([, item]) => item !== gone),
  );
}

/** The same objects in another order. */
export const shuffled = (objects: readonly KubernetesObject[], seed: number): readonly KubernetesObject[] =>
  fc.sample(fc.shuffledSubarray([...objects], { minLength: objects.length }), { seed, numRuns: 1 })[0] ?? [];
