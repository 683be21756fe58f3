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

/** Adds to the list of a key. A list of one takes no room for more: most are. */
export function addTo<K, V>(map: Map<K, V[]>, key: K, item: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [item]);
  else list.push(item);
}
