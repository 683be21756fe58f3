import { describe, expect, it } from 'vitest';
import type * as z from 'zod';
import {
  beginning,
  cpuAmount,
  ending,
  labels,
  memoryAmount,
  namespacePattern,
  oneOf,
  timeZone,
} from '../../../src/platform/policy-values.ts';

const accepts = (schema: z.ZodType, value: unknown): boolean => schema.safeParse(value).success;

describe('the values of a policy', () => {
  it.each([
    ['a namespace', namespacePattern, ['shop', 'a', '0', 'shop-eu-1', 'x'.repeat(63)]],
    ['a pattern', namespacePattern, ['*', 'shop-*', '*-prod', 's*p', '*-*']],
    ['a beginning', beginning, ['00:00', '09:30', '23:59']],
    ['an end', ending, ['00:00', '23:59', '24:00']],
    ['a time zone', timeZone, ['UTC', 'Europe/Berlin', 'America/Argentina/Buenos_Aires', '+05:30']],
    ['CPU', cpuAmount, ['32', '0.5', '500m', 32, 0.5, '1.125']],
    ['memory', memoryAmount, ['64Gi', '512Mi', '1.5Gi', '2G', '100k', '1Ti']],
    ['labels', labels, [{}, { app: 'web' }, { 'app.kubernetes.io/name': 'Web_1.0' }, { a: '' }]],
  ])('are read as %s', (_what, schema, values) => {
    expect(values.filter((value) => !accepts(schema, value))).toEqual([]);
  });

  it.each([
    [
      'a namespace',
      namespacePattern,
      ['', 'Shop', '-a', 'a-', 'a_b', 'a.b', 'x'.repeat(64), 'a b', 'a/b', 'shop\n', 5, null],
    ],
    ['a beginning', beginning, ['24:00', '9:30', '12:60', '12', '', 1320, '12:00:00', ' 12:00']],
    ['an end', ending, ['24:01', '25:00', '7:00']],
    ['a time zone', timeZone, ['', 'CEST', 'Europe/Berln', 'UTC+1', '../etc', 'x'.repeat(65), 1]],
    [
      'CPU',
      cpuAmount,
      ['0', '0m', '0.000', '-1', '', 'x', '32Gi', '1e3', 1e21, -1, 0, Number.NaN, true, [1], '1.23456'],
    ],
    ['memory', memoryAmount, ['64', '128m', '0Gi', '-1Gi', '1gi', '1GB', '', 64, '1 Gi', '1Ei', '.5Gi']],
    [
      'labels',
      labels,
      [
        { '': 'x' },
        { 'a b': 'x' },
        { a: 'b c' },
        { a: '*' },
        { a: true },
        { a: 1 },
        { a: null },
        { 'A/b/c': 'x' },
        { ['x'.repeat(64)]: 'y' },
        { a: 'x'.repeat(64) },
        [],
      ],
    ],
  ])('are not read as %s', (_what, schema, values) => {
    expect(values.filter((value) => accepts(schema, value))).toEqual([]);
  });

  it('are amounts as text, however they are written', () => {
    expect(cpuAmount.parse(0.5)).toBe('0.5');
    expect(cpuAmount.parse('500m')).toBe('500m');
  });

  it('suggest what is near', () => {
    expect(timeZone.safeParse('Europe/Berln').error?.issues[0]?.message).toBe(
      'is no time zone that is known here; did you mean Europe/Berlin?',
    );
    expect(oneOf(['advice', 'approve']).safeParse('aprove').error?.issues[0]?.message).toBe(
      'must be one of advice, approve; did you mean approve?',
    );
    expect(oneOf(['advice', 'approve']).safeParse(7).error?.issues[0]?.message).toBe('must be one of advice, approve');
  });
});
