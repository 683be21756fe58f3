/** Results that a model can still read, and a client still takes (docs/service.md, "Limits"). */
export const maxResultBytes = 256 * 1024;
export const maxTextBytes = 32 * 1024;

/** Text of at most `limit` bytes, cut at the end of a line, with a note that says how much is missing. */
export function capText(text: string, limit: number = maxTextBytes): { readonly text: string; readonly cut: boolean } {
  const size = Buffer.byteLength(text);
  if (size <= limit) return { text, cut: false };
  const note = `\n… cut here: ${size} bytes are more than the ${limit} that fit. Ask for less: a narrower scope, or a lower limit.`;
  const kept = headOf(text, limit - Buffer.byteLength(note));
  const lineEnd = kept.lastIndexOf('\n');
  return { text: `${lineEnd > 0 ? kept.slice(0, lineEnd) : kept}${note}`, cut: true };
}

/** The longest beginning of `text` that has at most `bytes` bytes and no half character. */
function headOf(text: string, bytes: number): string {
  const target = new Uint8Array(Math.max(bytes, 0));
  return text.slice(0, new TextEncoder().encodeInto(text, target).read);
}

/**
 * Data whose JSON has at most `limit` bytes: lists lose their tails and texts their ends, all in the same measure, until
 * it fits. Names what was cut. `undefined` when there is nothing left to cut.
 */
export function capData(
  data: Readonly<Record<string, unknown>>,
  limit: number = maxResultBytes,
): { readonly data: Readonly<Record<string, unknown>>; readonly cut: readonly string[] } | undefined {
  const whole = jsonBytes(data);
  if (whole <= limit) return { data, cut: [] };
  let best: ReturnType<typeof shortened>;
  // The first allowance that fits, by halving: what is tried is as large as the data.
  for (let low = 0, high = allowances.length; low < high; ) {
    const middle = (low + high) >> 1;
    const fit = shortened(data, allowances[middle] ?? 1, limit);
    if (fit === undefined) low = middle + 1;
    else {
      best = fit;
      high = middle;
    }
  }
  return best;
}

/** Most items that a list may have, and a hundredth of the characters that a text may. */
const allowances = [2000, 1000, 500, 200, 100, 50, 20, 10, 5, 2, 1];

function shortened(data: Readonly<Record<string, unknown>>, items: number, limit: number) {
  const cut = new Map<string, string>();
  const shorter = shorten(data, '', { items, characters: items * 100, cut });
  if (!isRecord(shorter) || jsonBytes(shorter) > limit) return undefined;
  return { data: shorter, cut: [...cut.values()].slice(0, 10) };
}

interface Shortening {
  readonly items: number;
  readonly characters: number;
  /** Notes by path, filled on the way. */
  readonly cut: Map<string, string>;
}

function shorten(value: unknown, path: string, shortening: Shortening): unknown {
  const { items, characters, cut } = shortening;
  if (typeof value === 'string') {
    if (value.length <= characters) return value;
    cut.set(path, `${path}: ${characters} of ${value.length} characters`);
    return `${value.slice(0, characters).toWellFormed()}…`;
  }
  if (Array.isArray(value)) {
    if (value.length > items) cut.set(path, `${path}: ${items} of ${value.length} items`);
    return value.slice(0, items).map((item) => shorten(item, `${path}[]`, shortening));
  }
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, shorten(item, path === '' ? key : `${path}.${key}`, shortening)]),
  );
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const jsonBytes = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));
