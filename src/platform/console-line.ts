import * as z from 'zod';

const record = z.looseObject({
  time: z.string(),
  level: z.string(),
  msg: z.string().default(''),
  err: z.looseObject({ stack: z.string() }).optional(),
});

/** One JSON log line as a person reads it: time, level, message, fields; the stack of an error below. */
export function consoleLine(json: string): string {
  const { time, level, msg, err, ...fields } = record.parse(JSON.parse(json));
  const pairs = Object.entries(fields).map(([key, value]) => `${key}=${shown(value)}`);
  const line = [time.slice(11, 23), level.toUpperCase().padEnd(5), msg, ...pairs].join(' ');
  return err === undefined ? `${line}\n` : `${line}\n${err.stack}\n`;
}

const shown = (value: unknown): string =>
  typeof value === 'string' && /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value);
