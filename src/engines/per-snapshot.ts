import type { Snapshot } from './snapshot.ts';

/** Makes something of a snapshot when it is first asked for, and once: for indexes that several rules share. */
export function perSnapshot<T>(make: (snapshot: Snapshot) => T): (snapshot: Snapshot) => T {
  const made = new WeakMap<Snapshot, { readonly value: T }>();
  return (snapshot) => {
    let entry = made.get(snapshot);
    if (entry === undefined) {
      entry = { value: make(snapshot) };
      made.set(snapshot, entry);
    }
    return entry.value;
  };
}
