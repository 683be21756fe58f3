export const second = 1_000;
export const minute = 60 * second;
export const hour = 60 * minute;
export const day = 24 * hour;

/** Milliseconds as people say them, one unit: `40 s`, `8 min`, `3 h`, `12 d`. */
export function formatDuration(ms: number): string {
  const whole = Math.max(0, ms);
  if (whole < 2 * minute) return `${Math.round(whole / second)} s`;
  if (whole < 2 * hour) return `${Math.round(whole / minute)} min`;
  if (whole < 2 * day) return `${Math.round(whole / hour)} h`;
  return `${Math.round(whole / day)} d`;
}

/** Milliseconds of an ISO 8601 time; `undefined` when absent or malformed. */
export function timeOf(iso: string | undefined): number | undefined {
  const parsed = Date.parse(iso ?? '');
  return Number.isNaN(parsed) ? undefined : parsed;
}

/** Milliseconds since an object was made; 0 when that is not known. */
export const ageOf = (
  { metadata }: { readonly metadata: { readonly creationTimestamp?: string | undefined } },
  now: number,
): number => now - (timeOf(metadata.creationTimestamp) ?? now);
