import type { LogExcerpt } from '../engines/snapshot-data.ts';
import { redactText } from '../platform/redact.ts';
import { plainText } from '../platform/untrusted.ts';
import { timedLine } from './log-times.ts';

export type LogLines = LogExcerpt['lines'];

/** The kubelet's excuse inside an answer of 200: no line of the container. */
const excuse = /^unable to retrieve container logs for \w+:\/\//;
/** Whether an answer is nothing but that excuse: then nobody knows what the container wrote. */
export const isExcuse = (text: string): boolean =>
  !text.trim().includes('\n') && excuse.test(timedLine(text.trim()).text);
/** Characters of one line; a longer one is data, not a message. */
const longestLine = 8192;

/**
 * Text of a log as lines without the runtime's timestamps, terminal control and secrets. Without such timestamps, as in
 * archives, a line has the time that its program wrote, when that tells the zone. Secrets are looked for in the whole
 * text, because a private key spans lines.
 */
export function logLinesOf(text: string): LogLines {
  // Empty lines are none; a log of nothing else would cost an object each.
  const dense = plainText(text).replace(/\n{2,}/g, '\n');
  const parts = dense.split('\n').map(timedLine);
  const safe = safeTexts(parts.map((part) => part.text));
  const lines: { at?: string; text: string }[] = [];
  for (const [index, line] of safe.entries()) {
    if (line.trim() === '' || excuse.test(line)) continue;
    const at = parts[index]?.at;
    const cut = line.length > longestLine ? `${line.slice(0, longestLine)}…` : line;
    lines.push(at === undefined ? { text: cut } : { at, text: cut });
  }
  return lines;
}

/** Lines without secrets. Only a private key spans several; of the others each is looked at alone, and most hold none. */
function safeTexts(plain: readonly string[]): readonly string[] {
  if (!plain.some((line) => line.includes('-----BEGIN '))) return plain.map((line) => redactText(line));
  const whole = redactText(plain.join('\n')).split('\n');
  return whole.length === plain.length ? whole : plain.map((line) => redactText(line));
}

/** Bytes of a log as lines, block by block; holds one block at a time. */
export interface LogDecoder {
  push(chunk: Uint8Array): void;
  /** The last line may have no end. */
  end(): void;
  /** Lines so far of which only the beginning was taken. */
  clipped(): number;
}

/** Characters kept of a line whose end has not come; what comes after is not a message any more. */
const longestRaw = 64 * 1024;
/** Characters held back because a private key begins in them: more than any key has. */
const longestKey = 64 * 1024;

/** Decodes a stream of any size: half characters wait for their other half, what is no UTF-8 is replaced. */
export function decodeLog(take: (lines: LogLines) => void): LogDecoder {
  const decoder = new TextDecoder();
  let rest = '';
  let skipping = false;
  let clipped = 0;

  function give(text: string): void {
    const lines = logLinesOf(text);
    for (const line of lines) if (line.text.length > longestLine) clipped += 1;
    if (lines.length > 0) take(lines);
  }

  function add(text: string): void {
    const whole = skipping ? afterLine(text) : text;
    if (whole === undefined) return;
    if (skipping) rest += '\n';
    skipping = false;
    rest += whole;
    const end = rest.lastIndexOf('\n');
    const ready = end === -1 ? 0 : end + 1;
    const kept = ready - heldBack(rest.slice(0, ready));
    if (kept > 0) give(rest.slice(0, kept));
    rest = rest.slice(kept);
    if (rest.length > longestRaw && !rest.includes('\n')) {
      rest = rest.slice(0, longestRaw);
      skipping = true;
    }
  }

  return {
    push: (chunk) => add(decoder.decode(chunk, { stream: true })),
    end() {
      add(decoder.decode());
      give(rest);
      rest = '';
    },
    clipped: () => clipped,
  };
}

/** What follows the end of the line; `undefined` when the line goes on. */
function afterLine(text: string): string | undefined {
  const end = text.indexOf('\n');
  return end === -1 ? undefined : text.slice(end + 1);
}

/** How many of the last characters belong to a private key whose end is not there yet: it is only known as a whole. */
function heldBack(text: string): number {
  const begin = text.lastIndexOf('-----BEGIN ');
  if (begin === -1 || text.includes('-----END ', begin) || text.length - begin > longestKey) return 0;
  const key = /^-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY/.test(text.slice(begin, begin + 80));
  return key ? text.length - (text.lastIndexOf('\n', begin) + 1) : 0;
}
