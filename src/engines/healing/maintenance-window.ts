import type { MaintenanceWindow } from '../../platform/healing-policy.ts';

const days = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const;
const minutesOfDay = 1440;
const minutesOfWeek = 7 * minutesOfDay;

/**
 * Whether the clock on the wall of the window's time zone stands within it at `now` (ms since 1970). What the clock skips
 * in spring is no part of it; what it shows twice in autumn is, twice.
 */
export function isOpen({ days: begins, from, to, time_zone }: MaintenanceWindow, now: number): boolean {
  const clock = clockOf(time_zone, now);
  if (clock === undefined) return false;
  const { day, minute } = clock;
  const [start, end] = [minutesOf(from), minutesOf(to)];
  const today = beginsOn(begins, day);
  if (start < end) return today && minute >= start && minute < end;
  return (today && minute >= start) || (beginsOn(begins, day + 6) && minute < end);
}

/** When the next of the windows opens, on its own clock: `Sat 22:00 (Europe/Berlin)`. */
export function nextOpening(windows: readonly MaintenanceWindow[], now: number): string | undefined {
  const openings = windows.flatMap(({ days: begins, from, time_zone }) => {
    const clock = clockOf(time_zone, now);
    if (clock === undefined) return [];
    const current = clock.day * minutesOfDay + clock.minute;
    return begins.map((name) => {
      const at = days.indexOf(name) * minutesOfDay + minutesOf(from);
      const wait = (at - current + minutesOfWeek) % minutesOfWeek || minutesOfWeek;
      return { wait, text: `${name} ${from} (${time_zone})` };
    });
  });
  return openings.toSorted((a, b) => a.wait - b.wait)[0]?.text;
}

const beginsOn = (begins: MaintenanceWindow['days'], day: number): boolean =>
  begins.some((name) => name === days[day % 7]);

/** `22:30` → 1350. */
function minutesOf(time: string): number {
  const [hours, minutes] = time.split(':').map(Number);
  return (hours ?? 0) * 60 + (minutes ?? 0);
}

interface Clock {
  /** 0 is Monday. */
  readonly day: number;
  /** Of the day. */
  readonly minute: number;
}

/** `undefined` for what is no time. */
function clockOf(timeZone: string, now: number): Clock | undefined {
  if (Number.isNaN(new Date(now).getTime())) return undefined;
  const parts = new Map(
    formatOf(timeZone)
      .formatToParts(now)
      .map(({ type, value }) => [type, value]),
  );
  const day = days.findIndex((name) => name === parts.get('weekday'));
  return { day, minute: Number(parts.get('hour')) * 60 + Number(parts.get('minute')) };
}

/** To make one takes longer than all else that a policy decides. */
const formats = new Map<string, Intl.DateTimeFormat>();
const maximumFormats = 100;

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  if (formats.size >= maximumFormats) formats.clear();
  formats.set(timeZone, format);
  return format;
}
