import { describe, expect, it } from 'vitest';
import { dueTimes, isEverDue, parseSchedule } from '../../../src/engines/cron-schedule.ts';

const at = Date.parse('2026-11-23T12:00:00Z');
const due = (text: string, since: string, timeZone?: string): readonly string[] => {
  const schedule = parseSchedule(text);
  if (schedule === undefined) return ['not read'];
  return dueTimes(schedule, { at, since: Date.parse(since), timeZone }).map((time) =>
    new Date(time).toISOString().slice(0, 16),
  );
};

describe('dueTimes', () => {
  it.each<[string, string, readonly string[]]>([
    ['*/20 * * * *', '2026-11-23T11:00Z', ['2026-11-23T12:00', '2026-11-23T11:40', '2026-11-23T11:20']],
    ['5/30 10-11 * * *', '2026-11-23T11:00Z', ['2026-11-23T11:35', '2026-11-23T11:05']],
    ['@daily', '2026-11-21T00:00Z', ['2026-11-23T00:00', '2026-11-22T00:00']],
    ['0 6 * * mon', '2026-11-10T00:00Z', ['2026-11-23T06:00', '2026-11-16T06:00']],
    ['0 0 1 * *', '2026-09-15T00:00Z', ['2026-11-01T00:00', '2026-10-01T00:00']],
    ['0 0 22 * 1', '2026-11-20T00:00Z', ['2026-11-23T00:00', '2026-11-22T00:00']],
    ['0 13 * * *', '2026-11-23T00:00Z', []],
  ])('reads %s', (text, since, expected) => {
    expect(due(text, since)).toEqual(expected);
  });

  it('reads local times', () => {
    expect(due('30 9 * * *', '2026-11-22T12:00Z', 'America/New_York')).toEqual(['2026-11-22T14:30']);
  });

  it('says nothing of an unknown zone', () => {
    expect(due('30 9 * * *', '2026-11-22T12:00Z', 'Mars/Base')).toEqual([]);
  });
});

it.each(['61 * * * *', '* * *', '0 0 * * 7', 'tomorrow', '@every never', '1-0 * * * *'])('does not read %s', (text) => {
  expect(parseSchedule(text)).toBeUndefined();
});

it.each([
  ['0 3 30 2 *', false],
  ['0 3 31 4,6 *', false],
  ['0 3 31 4,5 *', true],
  ['0 3 29 2 *', true],
  ['0 3 30 2 1', true],
  ['@every 5m', true],
])('knows whether %s ever comes', (text, expected) => {
  const schedule = parseSchedule(text);

  expect(schedule !== undefined && isEverDue(schedule)).toBe(expected);
});
