import type { LogExcerpt } from '../engines/snapshot-data.ts';
import { safeText } from '../platform/safe-text.ts';
import { plainText } from '../platform/untrusted.ts';

export type LogLines = LogExcerpt['lines'];

/** What the runtime puts before every line when asked for timestamps (RFC 3339, nanoseconds). */
const stamped = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)) ?(.*)$/s;
/** The kubelet's excuse inside an answer of 200: no line of the container. */
const excuse = /^unable to retrieve container logs for \w+:\/\//;
/** Characters of one line; a longer one is data, not a message. */
const longestLine = 8192;

/**
 * Text of a log as lines without the runtime's timestamps, terminal control and secrets. Secrets are looked for in the
 * whole text, because a private key spans lines.
 */
export function logLinesOf(text: string): LogLines {
  const parts = text.split('\n').map((line) => {
    const [, at, rest] = stamped.exec(line) ?? [];
    return { at, text: rest ?? line };
  });
  const plain = parts.map((part) => plainText(part.text));
  const whole = safeText(plain.join('\n')).split('\n');
  const safe = whole.length === plain.length ? whole : plain.map(safeText);
  return safe.flatMap((line, index) => {
    if (line.trim() === '' || excuse.test(line)) return [];
    const at = parts[index]?.at;
    const cut = line.length > longestLine ? `${line.slice(0, longestLine)}…` : line;
    return [at === undefined ? { text: cut } : { at, text: cut }];
  });
}
