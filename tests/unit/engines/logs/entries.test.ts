import { describe, expect, it } from 'vitest';
import { entriesOf } from '../../../../src/engines/logs/entries.ts';
import { aLog } from '../../../support/builders.ts';

const heads = (...lines: string[]) => entriesOf(aLog('api', lines)).map((entry) => [entry.message, entry.lines.length]);

describe('entriesOf', () => {
  it('does not take a traceback for a part of the routine line above it', () => {
    expect(
      heads('INFO:app:starting', 'Traceback (most recent call last):', '  File "/a.py", line 1', 'KeyError: x'),
    ).toEqual([
      ['app:starting', 1],
      ['Traceback (most recent call last):', 3],
    ]);
  });

  it('takes it for a part of the error above it', () => {
    expect(
      heads('ERROR:root:boom', 'Traceback (most recent call last):', '  File "/a.py", line 1', 'KeyError: x'),
    ).toEqual([['boom', 4]]);
  });

  it('keeps two tracebacks apart that do not name each other', () => {
    const trace = ['Traceback (most recent call last):', '  File "/a.py", line 1', 'KeyError: x'];

    expect(heads(...trace, ...trace)).toHaveLength(2);
  });

  it('drops the line of source that Node.js prints before an error', () => {
    expect(
      heads('/app/src/a.js:14', '    throw new Error("x")', '    ^', '', 'Error: x', '    at a (/app/src/a.js:14:1)'),
    ).toEqual([['x', 2]]);
  });

  it('reads the console logger of .NET, which writes two lines', () => {
    const log = aLog('api', ['fail: Shop.Orders[13]', '      Cannot save order', 'info: Shop[0]', '      saved']);

    expect(entriesOf(log).map(({ level, message }) => [level, message])).toEqual([
      ['error', 'Cannot save order'],
      ['info', 'saved'],
    ]);
  });

  it('takes the detail and the hint of PostgreSQL for a part of the error', () => {
    const stamp = '2026-11-23 12:00:00.000 UTC [1]';

    expect(
      heads(`${stamp} FATAL:  database files are incompatible`, `${stamp} DETAIL:  initialized by version 13.`),
    ).toEqual([['database files are incompatible', 2]]);
    expect(heads('initdb: error: directory is not empty', 'initdb: hint: use a subdirectory.')).toHaveLength(1);
    expect(heads('INFO ready', 'HINT: nothing')).toHaveLength(2);
  });

  it('ends a Go panic where somebody else begins', () => {
    expect(heads('panic: boom', '', 'goroutine 1 [running]:', 'main.main()', '2026-11-23T12:00:00Z INFO up')).toEqual([
      ['boom', 4],
      ['up', 1],
    ]);
  });

  it('keeps the two ends of a trace without end', () => {
    const frames = Array.from({ length: 1000 }, (_, index) => `\tat a.B.c(B.java:${index})`);
    const [entry] = entriesOf(aLog('api', ['java.lang.StackOverflowError', ...frames]));

    expect(entry?.lines.length).toBeLessThanOrEqual(200);
    expect(entry?.lines.at(-1)).toBe('\tat a.B.c(B.java:999)');
  });

  it('takes the summary of ping for one thing that names the host', () => {
    const summary = '3 packets transmitted, 0 packets received, 100% packet loss';

    expect(heads('--- 8.8.8.8 ping statistics ---', summary, 'done')).toEqual([
      [`ping 8.8.8.8: ${summary}`, 2],
      ['done', 1],
    ]);
  });
});
