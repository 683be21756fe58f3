export interface Row {
  readonly what: string;
  readonly measured: string;
  readonly limit: string;
  readonly aim: string;
}

export function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** Runs two measurements in turn, A B A B …, after one of each that is not counted: drift of the machine hits both. */
export async function inTurn(
  runs: number,
  a: () => Promise<number>,
  b: () => Promise<number>,
): Promise<{ a: number; b: number; ratio: number }> {
  const pairs: { a: number; b: number }[] = [];
  for (let run = 0; run <= runs; run++) {
    const pair = { a: await a(), b: await b() };
    if (run > 0) pairs.push(pair);
  }
  return {
    a: medianOf(pairs.map((pair) => pair.a)),
    b: medianOf(pairs.map((pair) => pair.b)),
    ratio: medianOf(pairs.map((pair) => pair.a / pair.b)),
  };
}

export function table(rows: readonly Row[]): string {
  const lines = rows.map(({ what, measured, limit, aim }) => `| ${what} | ${measured} | ${limit} | ${aim} |`);
  return ['| what | measured | limit | aim |', '|---|---|---|---|', ...lines].join('\n');
}

export const ms = (value: number): string => `${value < 10 ? value.toFixed(1) : value.toFixed(0)} ms`;
