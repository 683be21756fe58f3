import { day, hour, minute } from './durations.ts';

/** A cron schedule as kube-controller-manager reads it (robfig/cron v3 `ParseStandard`): five fields, or `@every`. */
export type CronSchedule = { readonly every: number } | Fields;

interface Fields {
  readonly minutes: ReadonlySet<number>;
  readonly hours: ReadonlySet<number>;
  readonly days: ReadonlySet<number>;
  readonly months: ReadonlySet<number>;
  readonly weekdays: ReadonlySet<number>;
  /** When both are restricted, a day that fits either is due. */
  readonly anyDay: boolean;
  readonly anyWeekday: boolean;
}

const macros: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};
const monthNames = ['', 'jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const weekdayNames = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
/** A leap day comes every eight years at worst. */
const longestMonths = [0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** `undefined` for what cannot be read here: nothing may be concluded from it. */
export function parseSchedule(text: string): CronSchedule | undefined {
  const trimmed = text.trim().toLowerCase();
  const every = /^@every ((?:\d+h)?(?:\d+m)?(?:\d+s)?)$/.exec(trimmed)?.[1];
  if (every !== undefined) return everyOf(every);
  const words = (Object.hasOwn(macros, trimmed) ? (macros[trimmed] ?? '') : trimmed).split(/\s+/);
  const [minutes, hours, days, months, weekdays] = [
    setOf(words[0], 0, 59),
    setOf(words[1], 0, 23),
    setOf(words[2], 1, 31),
    setOf(words[3], 1, 12, monthNames),
    setOf(words[4], 0, 6, weekdayNames),
  ];
  if (words.length !== 5 || !minutes || !hours || !days || !months || !weekdays) return undefined;
  const isAny = (word = ''): boolean => /^[*?]$/.test(word);
  return { minutes, hours, days, months, weekdays, anyDay: isAny(words[2]), anyWeekday: isAny(words[4]) };
}

function everyOf(text: string): CronSchedule | undefined {
  const [, hours = 0, minutes = 0, seconds = 0] = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(text) ?? [];
  const every = Number(hours) * hour + Number(minutes) * minute + Number(seconds) * 1_000;
  return every > 0 ? { every } : undefined;
}

function setOf(field = '', low: number, high: number, names: readonly string[] = []): ReadonlySet<number> | undefined {
  const numbers = field.split(',').map((part) => rangeOf(part, { low, high, names }));
  return numbers.includes(undefined) ? undefined : new Set(numbers.flatMap((each) => each ?? []));
}

interface Bounds {
  readonly low: number;
  readonly high: number;
  readonly names: readonly string[];
}

function rangeOf(part: string, { low, high, names }: Bounds): readonly number[] | undefined {
  const [, from = '', to, step] = /^([*?]|\w+)(?:-(\w+))?(?:\/(\d+))?$/.exec(part) ?? [];
  const numberOf = (word: string): number => (names.includes(word) ? names.indexOf(word) : Number(word || Number.NaN));
  const any = from === '*' || from === '?';
  const first = any ? low : numberOf(from);
  const single = !any && to === undefined && step === undefined;
  const last = to === undefined ? (single ? first : high) : numberOf(to);
  const stride = Number(step ?? 1);
  if (!(first >= low && last <= high && first <= last && stride > 0)) return undefined;
  return Array.from({ length: Math.floor((last - first) / stride) + 1 }, (_, index) => first + index * stride);
}

/** Whether any date fits: 30 February is accepted by the API and never comes. */
export function isEverDue(schedule: CronSchedule): boolean {
  if ('every' in schedule) return true;
  const { days, months, anyDay, anyWeekday } = schedule;
  if (!anyDay && !anyWeekday) return true;
  return [...months].some((month) => [...days].some((each) => each <= (longestMonths[month] ?? 0)));
}

/** Whether the schedule means other moments in another time zone. */
export const dependsOnZone = (schedule: CronSchedule): boolean =>
  !('every' in schedule) &&
  !(schedule.hours.size === 24 && schedule.anyDay && schedule.anyWeekday && schedule.months.size === 12);

const horizon = 400;

/**
 * The last moments at or before `at` when a run was due, newest first, going back to `since` or 400 days.
 * Milliseconds; empty for `@every`, which counts from a moment that nobody stores, and for an unknown time zone.
 */
export function dueTimes(
  schedule: CronSchedule,
  {
    at,
    since,
    timeZone = 'UTC',
    most = 100,
  }: { at: number; since: number; timeZone?: string | undefined; most?: number },
): readonly number[] {
  const offset = offsetOf(timeZone);
  if ('every' in schedule || offset === undefined) return [];
  const times: number[] = [];
  const today = Math.floor((at + offset(at)) / day) * day;
  for (let back = 0; back <= horizon && times.length < most; back++) {
    const date = today - back * day;
    if (date + 2 * day < since) break;
    if (fits(schedule, new Date(date)))
      times.push(...timesOf(schedule, date, offset).filter((time) => time <= at && time > since));
  }
  return times.slice(0, most);
}

function fits({ days, months, weekdays, anyDay, anyWeekday }: Fields, date: Date): boolean {
  if (!months.has(date.getUTCMonth() + 1)) return false;
  const byDay = days.has(date.getUTCDate());
  const byWeekday = weekdays.has(date.getUTCDay());
  return anyDay || anyWeekday ? byDay && byWeekday : byDay || byWeekday;
}

/** The moments of one local date, newest first. */
const timesOf = ({ hours, minutes }: Fields, date: number, offset: (at: number) => number): readonly number[] =>
  [...hours]
    .toSorted((a, b) => b - a)
    .flatMap((each) => [...minutes].toSorted((a, b) => b - a).map((other) => date + each * hour + other * minute))
    .map((local) => local - offset(local - offset(local)));

/** How far the clocks of a zone are ahead of UTC at a moment; `undefined` for an unknown zone. */
function offsetOf(timeZone: string): ((at: number) => number) | undefined {
  if (timeZone === 'UTC' || timeZone === 'Etc/UTC') return () => 0;
  const format = formatOf(timeZone);
  if (format === undefined) return undefined;
  return (at) => {
    const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
    const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
    const local = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
    return local - Math.floor(at / 1_000) * 1_000;
  };
}

function formatOf(timeZone: string): Intl.DateTimeFormat | undefined {
  const numeric = '2-digit' as const;
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: numeric,
      day: numeric,
      hour: numeric,
      minute: numeric,
      second: numeric,
    });
  } catch {
    // A zone that Node does not know is no fault of the object: nothing is concluded.
    return undefined;
  }
}
