/** The value of a key, made and put into the map when it is not there yet. */
export function entryOf<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}

/** An empty map with texts for keys, for {@link entryOf}. */
export const emptyMap = <V>() => new Map<string, V>();
