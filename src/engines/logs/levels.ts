export const levels = ['debug', 'info', 'warn', 'error', 'fatal'] as const;
export type Level = (typeof levels)[number];

const levelWords: Readonly<Record<string, Level>> = {
  d: 'debug',
  trace: 'debug',
  trc: 'debug',
  debug: 'debug',
  debu: 'debug',
  dbg: 'debug',
  i: 'info',
  info: 'info',
  inf: 'info',
  information: 'info',
  notice: 'info',
  note: 'info',
  log: 'info',
  w: 'warn',
  warn: 'warn',
  wrn: 'warn',
  warning: 'warn',
  e: 'error',
  err: 'error',
  eror: 'error',
  erro: 'error',
  error: 'error',
  severe: 'error',
  c: 'fatal',
  f: 'fatal',
  crit: 'fatal',
  critical: 'fatal',
  alert: 'fatal',
  emerg: 'fatal',
  ftl: 'fatal',
  fata: 'fatal',
  fatal: 'fatal',
  pani: 'fatal',
  pnc: 'fatal',
  panic: 'fatal',
};

/** The level that a word or a number means; `undefined` for any other value. */
export function levelOf(value: unknown): Level | undefined {
  // pino and bunyan: 10 trace … 60 fatal.
  if (typeof value === 'number') return levels[Math.min(4, Math.max(0, Math.floor(value / 10) - 2))];
  const word = typeof value === 'string' ? value.toLowerCase() : '';
  // A log may call its level "constructor".
  return Object.hasOwn(levelWords, word) ? levelWords[word] : undefined;
}
