import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isOpen, nextOpening } from '../../../../src/engines/healing/maintenance-window.ts';
import { days, type MaintenanceWindow } from '../../../../src/platform/healing-policy.ts';

const aWindow = (from: string, to: string, fields: Partial<MaintenanceWindow> = {}): MaintenanceWindow => ({
  days: [...days],
  from,
  to,
  time_zone: 'UTC',
  ...fields,
});

const at = (time: string): number => Date.parse(time);

describe('a maintenance window', () => {
  it.each([
    ['2026-11-27T08:59:59Z', false],
    ['2026-11-27T09:00:00Z', true],
    ['2026-11-27T16:59:59.999Z', true],
    ['2026-11-27T17:00:00Z', false],
  ])('from 09:00 to 17:00 at %s: %s', (time, open) => {
    expect(isOpen(aWindow('09:00', '17:00'), at(time))).toBe(open);
  });

  it.each([
    ['Saturday evening', '2026-11-28T22:00:00Z', true],
    ['Sunday before its end', '2026-11-29T03:59:00Z', true],
    ['Sunday at its end', '2026-11-29T04:00:00Z', false],
    ['Sunday evening', '2026-11-29T22:30:00Z', false],
    ['Saturday morning', '2026-11-28T03:00:00Z', false],
  ])('that begins on Saturday at 22:00 and ends at 04:00 is open on %s: %s, %s', (_when, time, open) => {
    expect(isOpen(aWindow('22:00', '04:00', { days: ['Sat'] }), at(time))).toBe(open);
  });

  it('crosses from Sunday to Monday', () => {
    const window = aWindow('22:00', '04:00', { days: ['Sun'] });

    expect(isOpen(window, at('2026-11-30T01:00:00Z'))).toBe(true);
    expect(isOpen(window, at('2026-11-29T01:00:00Z'))).toBe(false);
  });

  it('lasts a whole day from 00:00 to 24:00', () => {
    const window = aWindow('00:00', '24:00', { days: ['Sat'] });

    expect(isOpen(window, at('2026-11-28T00:00:00Z'))).toBe(true);
    expect(isOpen(window, at('2026-11-28T23:59:59Z'))).toBe(true);
    expect(isOpen(window, at('2026-11-29T00:00:00Z'))).toBe(false);
  });

  it('ends at midnight when it is to end at 00:00', () => {
    const window = aWindow('22:00', '00:00', { days: ['Fri'] });

    expect(isOpen(window, at('2026-11-27T23:59:00Z'))).toBe(true);
    expect(isOpen(window, at('2026-11-28T00:00:00Z'))).toBe(false);
  });

  it.each([
    ['in winter', '2026-11-27T08:30:00Z', true],
    ['in winter, too late', '2026-11-27T09:00:00Z', false],
    ['in summer', '2026-07-24T07:30:00Z', true],
    ['in summer, too late', '2026-07-24T08:00:00Z', false],
  ])('keeps to the clock of Berlin %s', (_when, time, open) => {
    expect(isOpen(aWindow('09:00', '10:00', { time_zone: 'Europe/Berlin' }), at(time))).toBe(open);
  });

  it('is of the day that it is there', () => {
    // Friday 20:00 in UTC is Saturday 09:00 in Auckland.
    const window = aWindow('09:00', '10:00', { days: ['Sat'], time_zone: 'Pacific/Auckland' });

    expect(isOpen(window, at('2026-11-27T20:00:00Z'))).toBe(true);
  });

  it('is not open in an hour that the clock skips', () => {
    const window = aWindow('02:15', '02:45', { time_zone: 'Europe/Berlin' });
    const quarters = [0, 15, 30, 45, 60, 75, 90, 105].map((minutes) => at('2026-03-29T00:00:00Z') + minutes * 60_000);

    expect(quarters.filter((time) => isOpen(window, time))).toEqual([]);
  });

  it('is open twice in an hour that the clock shows twice', () => {
    const window = aWindow('02:15', '02:45', { time_zone: 'Europe/Berlin' });

    expect(isOpen(window, at('2026-10-25T00:30:00Z'))).toBe(true);
    expect(isOpen(window, at('2026-10-25T01:30:00Z'))).toBe(true);
    expect(isOpen(window, at('2026-10-25T02:30:00Z'))).toBe(false);
  });

  it('is not open at no time at all', () => {
    expect(isOpen(aWindow('00:00', '24:00'), Number.NaN)).toBe(false);
    expect(isOpen(aWindow('00:00', '24:00'), Number.POSITIVE_INFINITY)).toBe(false);
  });

  it('is open whenever it or the rest of the day is', () => {
    const time = fc
      .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
      .map(([hour, minute]) => `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`);
    const zone = fc.constantFrom(
      'UTC',
      'Europe/Berlin',
      'America/St_Johns',
      'Asia/Kathmandu',
      'Pacific/Apia',
      '+05:30',
    );
    const now = fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(time, time, zone, now, (from, to, time_zone, date) => {
        fc.pre(from !== to);
        const [window, rest] = [aWindow(from, to, { time_zone }), aWindow(to, from, { time_zone })];

        expect(isOpen(window, date.getTime())).toBe(!isOpen(rest, date.getTime()));
      }),
      { numRuns: 300 },
    );
  });
});

describe('nextOpening', () => {
  const friday = at('2026-11-27T10:00:00Z');

  it.each([
    ['later the same day', [aWindow('22:00', '23:00')], 'Fri 22:00 (UTC)'],
    ['the next day', [aWindow('09:00', '09:30')], 'Sat 09:00 (UTC)'],
    ['a week later, when this one is over', [aWindow('09:00', '09:30', { days: ['Fri'] })], 'Fri 09:00 (UTC)'],
    [
      'the first of several',
      [aWindow('09:00', '10:00', { days: ['Mon'] }), aWindow('09:00', '10:00', { days: ['Sun'] })],
      'Sun 09:00 (UTC)',
    ],
    [
      'on the clock of its zone',
      [aWindow('11:30', '12:00', { time_zone: 'Europe/Berlin' })],
      'Fri 11:30 (Europe/Berlin)',
    ],
  ])('is %s', (_when, windows, opening) => {
    expect(nextOpening(windows, friday)).toBe(opening);
  });

  it('compares windows of different zones by the time that is left', () => {
    const windows = [aWindow('12:30', '13:00', { time_zone: 'Europe/Berlin' }), aWindow('12:00', '13:00')];

    expect(nextOpening(windows, friday)).toBe('Fri 12:30 (Europe/Berlin)');
  });

  it('is never without windows, and at no time', () => {
    expect(nextOpening([], friday)).toBeUndefined();
    expect(nextOpening([aWindow('22:00', '23:00')], Number.NaN)).toBeUndefined();
  });
});
