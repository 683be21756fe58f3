import { describe, expect, it } from 'vitest';
import { structuredLine, withError } from '../../../../src/engines/logs/structured-lines.ts';

describe('structuredLine', () => {
  it.each([
    ['{"lvl":"eror","msg":"no key","err":"EOF"}', 'error', 'no key: EOF'],
    [
      '{"@l":"Fatal","@mt":"Host died","@x":"App.NoKey: none\\n   at App.Main()"}',
      'fatal',
      'Host died: App.NoKey: none',
    ],
    ['{"level":"ERROR","fields":{"message":"no key","error":"denied"}}', 'error', 'no key: denied'],
    [
      '{"level":"info","msg":"record","record":{"error_severity":"FATAL","message":"timeline 5 is not there"}}',
      'fatal',
      'timeline 5 is not there',
    ],
    ['{"level":"info","msg":"record","record":{"error_severity":"LOG","message":"ready"}}', 'info', 'ready'],
    ['{"level":"info","msg":"stored","record":{"id":7}}', 'info', 'stored'],
    ['{"tags":["fatal","root"],"message":"no key"}', 'fatal', 'no key'],
    ['{"error":"no key"}', 'error', 'no key'],
    ['{"level":"error","msg":"no key: EOF","err":"EOF"}', 'error', 'no key: EOF'],
    ['{"level":"error","msg":"no key","error":{"message":"denied","stack":"x\\n    at y"}}', 'error', 'no key: denied'],
    ['level=error msg="no key" err=<nil>', 'error', 'no key'],
    ['F1126 18:00:01.000000       1 main.go:3] no key', 'fatal', 'no key'],
  ])('takes apart %s', (text, level, message) => {
    expect(structuredLine(text)).toMatchObject({ level, message });
  });

  it.each(['no key', '{ not json', 'key=value'])('leaves alone %s', (text) => {
    expect(structuredLine(text)).toBeUndefined();
  });

  it('hands out the trace that a field holds', () => {
    expect(structuredLine('{"level":50,"msg":"no key","err":{"stack":"Error: x\\n    at y"}}')?.trace).toEqual([
      'Error: x',
      '    at y',
    ]);
  });
});

describe('withError', () => {
  it.each([
    ['cannot start {"error": "no route"}', 'cannot start: no route'],
    ['"cannot start" err="no route" pod="x"', 'cannot start: no route'],
    ['cannot start dir=/data error="no route"', 'cannot start: no route'],
    ['cannot start {:exception=>"X", :message=>"no route"}', 'cannot start: no route'],
    ['cannot start a=b', 'cannot start a=b'],
    ['cannot start {"a": 1}', 'cannot start {"a": 1}'],
  ])('adds the error in the fields of %s', (text, message) => {
    expect(withError(text)).toBe(message);
  });
});
