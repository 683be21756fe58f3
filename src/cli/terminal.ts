import type { Host, Terminal } from './program.ts';

/** https://no-color.org */
export const terminalOf = ({ stdout, stderr, environment }: Host): Terminal => ({
  out: (text) => void stdout.write(text),
  err: (text) => void stderr.write(text),
  interactive: stdout.isTTY === true,
  columns: stdout.columns || 80,
  color: stdout.isTTY === true && !environment['NO_COLOR'] && environment['TERM'] !== 'dumb',
});
