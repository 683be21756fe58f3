/** A pattern, what it becomes, and a character that it cannot do without: looking for that is far cheaper. */
type Masking = readonly (readonly [RegExp, string, string])[];

/**
 * Text with everything that differs between replicas and runs replaced, so that equal faults read equal: times, ids,
 * addresses, numbers. Ports, codes and line numbers stay: they say what is wrong.
 */
export const mask = (text: string): string => replaced(maskIds(text), numbers);

/** Text with times, ids and addresses replaced, but with its numbers, for people. */
export const maskIds = (text: string): string => replaced(text, ids);

const replaced = (text: string, masking: Masking): string => {
  let masked = text;
  for (const [pattern, replacement, needle] of masking) {
    if (masked.includes(needle)) masked = masked.replace(pattern, replacement);
  }
  return masked;
};

const ids: Masking = [
  [
    /(?=\d\d)(?:\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?|\b\d\d:\d\d:\d\d(?:[.,]\d+)?\b)/g,
    '<time>',
    ':',
  ],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, '<id>', '-'],
  // Names of pods: workload, template hash and suffix, of the alphabet without vowels (apimachinery `rand.SafeEncodeString`).
  [/\b([a-z][a-z0-9-]*?)-[bcdf-hj-np-tv-z2456789]{6,10}-[bcdf-hj-np-tv-z2456789]{5}\b/g, '$1-<pod>', '-'],
  [/\b(?:0x[0-9a-f]+|(?=[0-9a-f]{8})(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{8,})\b/gi, '<hex>', ''],
  // The client's side of a connection: its port is random.
  [/\b(?:\d{1,3}\.){3}\d{1,3}:\d+->/g, '<ip>->', '->'],
  // A version may have four parts too.
  [/\b(?=\d)(?<!version\D{0,20})(?!(?:127\.0\.0\.1|0\.0\.0\.0)\b)(?:\d{1,3}\.){3}\d{1,3}\b/g, '<ip>', '.'],
];

/** Those with a unit; those that stand alone and are no port, code or line. The look behind is dear, so it comes second. */
const numbers: Masking = [
  [
    /(?=\d)(?:\b\d+(?:\.\d+)?(?=(?:ns|us|µs|ms|s|m|h|[KMGT]i?B?|B)\b)|(?<!(?:[\w.:-]|\b(?:code|status ?code|status|errno|port|exit|signal|HTTP|line|Errno)[ =:(]*))\d+(?:\.\d+)?(?![\w-]|\.\d))/gi,
    '<n>',
    '',
  ],
];
