import { createInterface } from 'node:readline/promises';
import { PassThrough, Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { consoleLine } from '../../../src/platform/console-line.ts';
import { createLogger, type LoggerOptions, silentLogger } from '../../../src/platform/logging.ts';
import { createPinoLogger } from '../../../src/platform/pino-logger.ts';
import { runInRequest } from '../../../src/platform/request-context.ts';
import { aSpan } from '../../support/spans.ts';

/** What was logged, as text. */
async function logged(
  options: Partial<LoggerOptions>,
  log: (logger: ReturnType<typeof createPinoLogger>) => void,
): Promise<string> {
  const stream = new PassThrough();
  log(createPinoLogger({ level: 'info', format: 'json', stream, ...options }));
  // Lines are written when the step that logged them is done.
  await Promise.resolve();
  return String(stream.read() ?? '');
}

describe('createPinoLogger', () => {
  it('writes one JSON line with time, level, message and fields', async () => {
    const line = await logged({}, (log) => log.info({ tool: 'diagnose', ms: 3 }, 'tool call'));

    expect(JSON.parse(line)).toEqual({
      level: 'info',
      time: expect.any(String),
      tool: 'diagnose',
      ms: 3,
      msg: 'tool call',
    });
    expect(line.endsWith('\n')).toBe(true);
  });

  it('says for which request a line is', async () => {
    const request = { requestId: 'r-1', tool: 'diagnose', subject: 'jane' };
    const line = await logged({}, (log) => runInRequest(request, () => log.warn({}, 'slow')));

    expect(JSON.parse(line)).toMatchObject(request);
    expect(JSON.parse(line)).not.toHaveProperty('trace_id');
  });

  it('says in which trace, and in which span where we made one', async () => {
    const callerTrace = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', sampled: true };
    const span = aSpan({ ...callerTrace, spanId: '00f067aa0ba902b7' });
    const line = async (request: object) =>
      JSON.parse(await logged({}, (log) => runInRequest({ requestId: 'r-1', ...request }, () => log.warn({}, 'slow'))));

    expect(await line({ callerTrace })).toMatchObject({ trace_id: callerTrace.traceId });
    expect(await line({ callerTrace })).not.toHaveProperty('span_id');
    expect(await line({ callerTrace, span })).toMatchObject({
      trace_id: callerTrace.traceId,
      span_id: '00f067aa0ba902b7',
    });
  });

  it('leaves out what is less severe than its level', async () => {
    expect(await logged({ level: 'error' }, (log) => log.warn({}, 'no'))).toBe('');
    expect(await logged({ level: 'debug' }, (log) => log.debug({}, 'yes'))).toContain('yes');
  });

  it('keeps the causes of an error', async () => {
    const error = new Error('outer', { cause: new Error('inner') });

    expect(await logged({}, (log) => log.error({ err: error }, 'failed'))).toContain('inner');
  });

  it('has no secrets, and stays JSON', async () => {
    const error = new Error('connect to https://user:hunter2hunter2@db.example failed: password=hunter2hunter2');
    const fields = { err: error, token: 'hunter2hunter2', text: '{"password": "hunter2hunter2"}' };

    const line = await logged({}, (log) => log.error(fields, 'Authorization: Bearer hunter2hunter2'));

    expect(line).not.toContain('hunter2');
    expect(JSON.parse(line)).toMatchObject({ level: 'error', err: { type: 'Error' } });
  });

  it('is readable in console format', async () => {
    const line = await logged({ format: 'console' }, (log) =>
      log.info({ tool: 'diagnose', text: 'two words' }, 'tool call'),
    );

    expect(line).toMatch(/^\d\d:\d\d:\d\d\.\d{3} INFO {2}tool call tool=diagnose text="two words"\n$/);
  });

  it('writes the lines of one step in one go', async () => {
    const written: string[] = [];
    const stream = new Writable({ write: (chunk, _encoding, done) => done(void written.push(String(chunk))) });
    const log = createPinoLogger({ level: 'info', format: 'json', stream });
    log.info({}, 'one');
    log.info({}, 'two');
    await Promise.resolve();

    expect(written).toEqual([expect.stringMatching(/one.*\n.*two.*\n$/)]);
  });

  it('survives a stream that is closed', () => {
    const stream = new Writable({ write: (_chunk, _encoding, done) => done(new Error('EPIPE')) });
    const log = createPinoLogger({ level: 'info', format: 'json', stream });

    expect(() => {
      log.info({}, 'one');
      log.info({}, 'two');
    }).not.toThrow();
  });

  it('drops lines instead of keeping them for a stream that nobody reads', () => {
    const blocked = new Writable({ write: () => {} });
    const log = createPinoLogger({ level: 'info', format: 'json', stream: blocked });

    for (let line = 0; line < 300; line++) log.info({ text: 'x'.repeat(10_000) }, 'much');

    expect(blocked.writableLength).toBeLessThan(1_100_000);
  });

  it('can be silent', () => {
    expect(silentLogger.error({}, 'nothing')).toBeUndefined();
  });
});

describe('createLogger', () => {
  it('writes the same lines in the same order, a moment later', async () => {
    const stream = new PassThrough();
    const log = createLogger({ level: 'debug', format: 'json', stream });

    runInRequest({ requestId: 'r-1' }, () => log.debug({}, 'first'));
    log.info({}, 'second');
    log.warn({}, 'third');
    log.error({}, 'fourth');
    const lines: unknown[] = [];
    for await (const line of createInterface({ input: stream })) if (lines.push(JSON.parse(line)) === 4) break;

    expect(lines).toMatchObject([
      { msg: 'first', requestId: 'r-1' },
      { msg: 'second' },
      { msg: 'third' },
      { msg: 'fourth' },
    ]);
    expect(lines[1]).not.toHaveProperty('requestId');
  });

  it('does not even load what writes when nothing is to be written', async () => {
    const stream = new PassThrough();

    createLogger({ level: 'silent', format: 'json', stream }).error({}, 'nothing');
    await new Promise((resolve) => setImmediate(resolve));

    expect(stream.read()).toBeNull();
  });
});

describe('consoleLine', () => {
  it('shows the stack of an error below its line', () => {
    const line = consoleLine(
      '{"time":"2026-01-02T03:04:05.678Z","level":"error","msg":"failed","err":{"stack":"Error: x\\n  at y"}}',
    );

    expect(line).toBe('03:04:05.678 ERROR failed\nError: x\n  at y\n');
  });
});
