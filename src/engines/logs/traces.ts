import type { LogEntry } from './entries.ts';
import { frameOf } from './frames.ts';
import { parseLine } from './lines.ts';

export const traceLanguages = ['java', 'python', 'node', 'go', 'ruby', 'dotnet', 'rust'] as const;
export type TraceLanguage = (typeof traceLanguages)[number];

/** An exception: its type without packages, and what it says. */
export interface Thrown {
  readonly type: string;
  readonly message: string;
}

/** A stack trace, folded to what a person reads of it. */
export interface Trace extends Thrown {
  readonly language: TraceLanguage;
  /** `Db.java:42`: the first frame of the application's own code, of the innermost cause where it has one. */
  readonly frame: string | undefined;
  /** The innermost cause, when it is not the exception itself. */
  readonly cause: Thrown | undefined;
  /** Lines that were folded. */
  readonly lines: number;
}

/** Folds an entry that holds a stack trace; `undefined` for any other. */
export function foldTrace(entry: Pick<LogEntry, 'lines'>): Trace | undefined {
  const { lines } = entry;
  if (lines.length < 2) return undefined;
  const language = languageOf(lines);
  if (language === undefined) return undefined;
  const found = readers[language](lines);
  if (found === undefined) return undefined;
  const { thrown, cause, from } = found;
  const frame = frameOf(lines.slice(from)) ?? frameOf(lines);
  const same = cause === undefined || (cause.type === thrown.type && cause.message === thrown.message);
  return { language, ...thrown, frame, cause: same ? undefined : cause, lines: lines.length };
}

interface Found {
  readonly thrown: Thrown;
  readonly cause?: Thrown | undefined;
  /** Index of the line from which the frames of the innermost cause follow. */
  readonly from: number;
}

/** By the frames, which no two languages write alike; first match wins. */
const shapes: readonly (readonly [RegExp, TraceLanguage])[] = [
  [/^goroutine \d+ |^\t\S+\/[\w.-]+\.go:\d+/, 'go'],
  [/^thread '.*' panicked at /, 'rust'],
  [/^Traceback \(most recent call last\)|^\s+File "[^"]+", line \d+/, 'python'],
  [
    /^\s+at .* in \S.*:line \d+|^\s*--- End of (?:inner exception )?stack trace|^\s+at (?:System|Microsoft)\./,
    'dotnet',
  ],
  [
    /^\s+at [\w$.<>/@-]+(?:\.|\/)[\w$<>]+\((?:[\w$-]+\.\w+(?::\d+)?|Native Method|Unknown Source)\)|^Caused by: /,
    'java',
  ],
  [/^\s+at .*:\d+:\d+\)?(?: \{)?$|^\s+at (?:async )?\S.*\((?:node:|<anonymous>)/, 'node'],
  [/^(?:\s*from )?\S+:\d+:in /, 'ruby'],
];

const languageOf = (lines: readonly string[]): TraceLanguage | undefined =>
  shapes.find(([shape]) => lines.some((line) => shape.test(line)))?.[1];

const readers: Readonly<Record<TraceLanguage, (lines: readonly string[]) => Found | undefined>> = {
  java: nestedCauses,
  dotnet: nestedCauses,
  node: nodeError,
  python: lastOfTracebacks,
  go: goPanic,
  ruby: rubyError,
  rust: rustPanic,
};

const typed = /^(?<type>(?:[\w$]+[.:/\\]+)*[A-Z][\w$]*)(?: \[[\w-]+\]| \(0x[\dA-Fa-f]+\))?(?::\s*(?<message>.*)|\s*)$/s;
const isException = /(?:Error|Exception|Failure|Fault|Throwable|Interrupt|Exit|Timeout|Warning)$/;

/** `com.example.DbException: lost` as type and message. */
function thrownIn(text: string): Thrown | undefined {
  const groups = typed.exec(text.trim())?.groups;
  const type = groups?.['type']?.split(/[.:/\\]+/).at(-1);
  return type === undefined ? undefined : { type, message: (groups?.['message'] ?? '').trim() };
}

const causeMark = /^\s*(?:Caused by: |---> (?:\(Inner Exception #\d+\) )?)/;
const wrapper = /^(?:Exception in thread "[^"]*" |Unhandled exception\. ?|Unhandled Exception: ?)/;

/** Java and .NET: the exception, then what caused it; the last one named is the innermost. */
function nestedCauses(lines: readonly string[]): Found | undefined {
  const start = lines.findIndex((line) => {
    const said = thrownIn(line.replace(wrapper, ''));
    return said !== undefined && (isException.test(said.type) || wrapper.test(line));
  });
  const heads = start === -1 ? [] : [lines[start]?.replace(wrapper, '') ?? ''];
  const [head = parseLine(lines[0] ?? '').message] = heads;
  // .NET puts the inner exception on the same line when it writes the whole to one.
  const [own = '', ...inline] = head.split(' ---> ');
  const thrown = thrownIn(own) ?? exceptionAtEnd(own);
  if (thrown === undefined) return undefined;
  const last = lines.findLastIndex((line) => causeMark.test(line));
  const cause = last === -1 ? thrownIn(inline.at(-1) ?? '') : thrownIn(lines[last]?.replace(causeMark, '') ?? '');
  return { thrown, cause, from: Math.max(last, start, 0) };
}

/** `request failed: java.io.IOException: broken`, as loggers join a message and its exception. */
function exceptionAtEnd(text: string): Thrown | undefined {
  const match = /((?:[\w$]+\.)+[A-Z][\w$]*(?:Exception|Error)\b.*)$/.exec(text);
  return match?.[1] === undefined ? undefined : thrownIn(match[1]);
}

/** `TypeError: x is undefined` before the frames; its cause stands in brackets (Node.js `util.inspect`). */
function nodeError(lines: readonly string[]): Found | undefined {
  const first = lines.findIndex((line) => /^\s+at /.test(line));
  const before = lines.slice(0, first === -1 ? 1 : first);
  const start = before.findLastIndex((line) => nodeThrown(line) !== undefined);
  const thrown = nodeThrown(before[start] ?? '');
  if (thrown === undefined) return undefined;
  const last = lines.findLastIndex((line) => /^\s*\[cause\]: /.test(line));
  const cause = last === -1 ? undefined : thrownIn(lines[last]?.replace(/^\s*\[cause\]: /, '') ?? '');
  return { thrown, cause, from: Math.max(last, 0) };
}

function nodeThrown(line: string): Thrown | undefined {
  // A logger's level may stand before it, and "Error:" itself looks like one.
  const texts = [line, parseLine(line).message].map((text) =>
    text.replace(/^(?:Uncaught |Unhandled rejection:? |\(node:\d+\) )/, ''),
  );
  const said = texts.map(thrownIn).find((each) => each !== undefined && isException.test(each.type));
  if (said !== undefined) return said;
  const [, text = ''] = texts;
  const match = /\b([A-Z]\w*Error(?: \[\w+\])?: .*)$/.exec(text);
  return match?.[1] === undefined ? undefined : thrownIn(match[1]);
}

/** Python names the exception after its frames; what it was raised from comes before, as a traceback of its own. */
function lastOfTracebacks(lines: readonly string[]): Found | undefined {
  const heads = lines.flatMap((line, index) => (/Traceback \(most recent/.test(line) ? [index] : []));
  const ends = (heads.length === 0 ? [0] : heads).flatMap((head) => {
    const end = lines.findIndex((line, index) => index > head && /^[A-Za-z_]/.test(line));
    const said = end === -1 ? undefined : thrownIn(lines[end] ?? '');
    return said === undefined ? [] : [{ said, head }];
  });
  const last = ends.at(-1);
  const first = ends[0];
  if (last === undefined || first === undefined) return undefined;
  const chained = lines.some((line) => line.startsWith('The above exception was the direct cause'));
  return chained ? { thrown: last.said, cause: first.said, from: first.head } : { thrown: last.said, from: last.head };
}

/** `panic: assignment to entry in nil map`, with the error's own type where it wraps one. */
function goPanic(lines: readonly string[]): Found | undefined {
  const start = lines.findIndex((line) => /(?:^|\s)(?:panic|fatal error|panicked): /.test(line));
  if (start === -1) return undefined;
  const said = /(?:^|\s)(panic|fatal error|panicked): (.*)$/.exec(lines[start] ?? '');
  const message = (said?.[2] ?? '').replace(/ \[recovered(?:, repanicked)?\]$/, '');
  const running = lines.findIndex((line) => /^goroutine \d+ /.test(line));
  return {
    thrown: { type: said?.[1] === 'fatal error' ? 'fatal error' : 'panic', message },
    from: Math.max(running, 0),
  };
}

/** `app.rb:5:in 'fetch': key not found: "TOKEN" (KeyError)`. */
function rubyError(lines: readonly string[]): Found | undefined {
  const heads = lines.flatMap((line, index) => {
    const match =
      /^\S+:\d+:in [`'].*?': (.*?) \(([\w:]+)\)$/.exec(line) ?? /^(?!\s*from )(.+) \(([A-Z][\w:]+)\):?$/.exec(line);
    const [, message = '', type = ''] = match ?? [];
    return match === null ? [] : [{ thrown: { type: type.split('::').at(-1) ?? type, message }, index }];
  });
  const first = heads[0];
  const last = heads.at(-1);
  if (first === undefined || last === undefined) {
    const said = thrownIn(parseLine(lines[0] ?? '').message);
    return said === undefined ? undefined : { thrown: said, from: 0 };
  }
  return { thrown: first.thrown, cause: last.thrown, from: last.index };
}

function rustPanic(lines: readonly string[]): Found | undefined {
  const start = lines.findIndex((line) => /^thread '.*' panicked at /.test(line));
  const [, old] = /panicked at '(.*)', /.exec(lines[start] ?? '') ?? [];
  return { thrown: { type: 'panic', message: old ?? lines[start + 1] ?? '' }, from: start };
}
