import type { LogExcerpt } from '../snapshot-data.ts';
import { parseLine } from './lines.ts';

/** A socket that a server said it listens on. */
export interface Listening {
  readonly port: number;
  /** Bound to the loopback interface only: nobody outside the pod's network namespace reaches it, the kubelet neither. */
  readonly loopback: boolean;
  /** The line that says so. */
  readonly text: string;
  readonly at: string | undefined;
}

const announcement =
  /\b(?:listen(?:ing|s)?|serving|started|running|bound|binding|available|ready|accept(?:ing)? connections)\b/i;
const complaint =
  /\b(?:cannot|can't|could not|unable|failed|error|refused|denied|already in use|EADDRINUSE|waiting|connect to)\b/i;
/** `Server started at Sat Nov 28 00:01:30` names a time, no port. */
const socket =
  /(?:(?:(?<host>(?:\d{1,3}\.){3}\d{1,3}|\[[0-9a-f:]*\]|localhost|\*|::1|::):|(?<!\b\d{1,2}):)(?<number>\d{2,5})\b(?!:)|\bport(?:\(s\))?[ :=]+"?(?<plain>\d{2,5})\b|\blistening on (?<bare>\d{2,5})\b)/i;

/** The sockets a server said it listens on, in the order of the log, each once. */
export function listeningIn(log: LogExcerpt): readonly Listening[] {
  const found = log.lines.flatMap(({ text, at }) => {
    const { message, level } = parseLine(text);
    if (level === 'error' || level === 'fatal' || !announcement.test(message) || complaint.test(message)) return [];
    const groups = socket.exec(message)?.groups;
    const port = Number(groups?.['number'] ?? groups?.['plain'] ?? groups?.['bare']);
    if (!(port > 0 && port < 65_536)) return [];
    return [{ port, loopback: /^(?:127\.|localhost|::1|\[::1\])/i.test(groups?.['host'] ?? ''), text, at }];
  });
  return [...new Map(found.map((each) => [each.port, each])).values()];
}
