/**
 * The candidates that someone who wrote `wanted` may have meant, best first: at most `limit`, and none further away
 * than a third of the word's length (at least 2 edits).
 */
export function nearest(wanted: string, candidates: Iterable<string>, limit = 3): readonly string[] {
  const word = wanted.toLowerCase().slice(0, maximumLength);
  const tolerance = Math.max(2, Math.floor(word.length / 3));
  return [...new Set(candidates)]
    .map((candidate) => ({ candidate, distance: distanceOf(word, candidate.toLowerCase().slice(0, maximumLength)) }))
    .filter(({ distance }) => distance <= tolerance)
    .toSorted((a, b) => a.distance - b.distance || a.candidate.localeCompare(b.candidate))
    .slice(0, limit)
    .map(({ candidate }) => candidate);
}

/** Object names end at 253 characters; anything longer is hostile. */
const maximumLength = 253;

/** Edits (Levenshtein) between two words; a word that contains the other is one edit away. */
function distanceOf(a: string, b: string): number {
  if (a === b) return 0;
  if (a.length > 2 && b.length > 2 && (a.includes(b) || b.includes(a))) return 1;
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const substitution = (previous[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1);
      current.push(Math.min(substitution, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[b.length] ?? Math.max(a.length, b.length);
}
