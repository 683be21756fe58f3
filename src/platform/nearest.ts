/**
 * The candidates that someone who wrote `wanted` may have meant, best first: at most `limit`, and none further away
 * than a third of the word's length (at least 2 edits, for words of up to 4 letters 1).
 */
export function nearest(wanted: string, candidates: Iterable<string>, limit = 3): readonly string[] {
  const word = wanted.toLowerCase().slice(0, maximumLength);
  const tolerance = word.length <= shortLength ? 1 : Math.max(2, Math.floor(word.length / 3));
  return [...new Set(candidates)]
    .map((candidate) => ({ candidate, distance: distanceOf(word, candidate.toLowerCase().slice(0, maximumLength)) }))
    .filter(({ distance }) => distance <= tolerance)
    .toSorted((a, b) => a.distance - b.distance || a.candidate.localeCompare(b.candidate))
    .slice(0, limit)
    .map(({ candidate }) => candidate);
}

/** Two edits make any short word of any other: "gone" and "conf". */
const shortLength = 4;

/** Object names end at 253 characters; anything longer is hostile. */
const maximumLength = 253;

/** Edits (optimal string alignment: neighbours that changed places are one); containing the other is one edit as well. */
function distanceOf(a: string, b: string): number {
  if (a === b) return 0;
  if (a.length > 2 && b.length > 2 && (a.includes(b) || b.includes(a))) return 1;
  let previous: readonly number[] = Array.from({ length: b.length + 1 }, (_, index) => index);
  let beforeThat: readonly number[] = [];
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const substitution = (previous[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1);
      const swapped = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      const swap = swapped ? (beforeThat[column - 2] ?? row) + 1 : substitution;
      current.push(Math.min(substitution, swap, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    [beforeThat, previous] = [previous, current];
  }
  return previous[b.length] ?? Math.max(a.length, b.length);
}
