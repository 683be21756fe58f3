import { glue, type Line, type Span, span } from './lines.ts';
import type { ContainerLog, LogAnalysis } from './log-analysis.ts';
import { plural } from './plural.ts';

/** An analysis of logs as lines. */
export function logAnalysisLines({ object, logs, unread, cut }: LogAnalysis): readonly Line[] {
  const name = `${object.kind}/${object.name}`;
  const place = object.namespace === undefined ? '' : ` in ${object.namespace}`;
  const counted = plural(logs.length, 'log');
  return [
    { kind: 'heading', spans: [span(`${name}${place}: ${counted} read`, 'strong')] },
    ...logs.flatMap(containerLines),
    ...(unread.length > 0 ? [blank] : []),
    ...unread.map(({ pod, container, reason }) => item('?', [span(`${pod} ${container}: ${reason}`, 'dim')])),
    ...(cut.length > 0 ? [blank, paragraph([span(`Cut: ${cut.join('; ')}.`, 'dim')])] : []),
  ];
}

const blank: Line = { kind: 'blank' };
const paragraph = (spans: readonly Span[]): Line => ({ kind: 'paragraph', spans });
const item = (mark: string, spans: readonly Span[]): Line => ({ kind: 'item', mark: span(mark, 'dim'), spans });

function containerLines(log: ContainerLog): readonly Line[] {
  const which = log.previous ? `${log.container} (previous)` : log.container;
  return [
    blank,
    {
      kind: 'cause',
      mark: glue('▸'),
      spans: [span(`${log.pod} ${which}`, 'strong'), glue(`: ${log.state}`), span(`; ${readClause(log)}`, 'dim')],
    },
    ...section('Known faults', log.signatures.map(signatureSpans)),
    ...section('Named there', log.links.map(linkSpans)),
    ...section('Traces', log.traces.map(traceSpans)),
    ...section('Templates', log.templates.map(templateSpans)),
    ...section('Also new', log.new.map(templateSpans)),
    ...section(log.died === undefined ? 'Last lines' : `Before it died (${clock(log.died)})`, log.end.map(endSpans)),
    ...(log.cut.length > 0 ? [paragraph([span(`Cut: ${log.cut.join('; ')}.`, 'dim')])] : []),
  ];
}

const section = (title: string, items: readonly (readonly Span[])[]): readonly Line[] =>
  items.length === 0 ? [] : [paragraph([span(title, 'dim')]), ...items.map((spans): Line => item('·', spans))];

/** `42 lines 12:00:01–12:04:10, 3 error, compared with api-1`. */
function readClause({ lines, first, last, levels, compared_with }: ContainerLog): string {
  if (lines === 0) return 'it wrote nothing';
  const counts = Object.entries(levels)
    .filter(([level]) => level !== 'info' && level !== 'debug')
    .map(([level, count]) => `${count} ${level}`);
  const period = first === undefined || last === undefined ? '' : ` ${clock(first)}–${clock(last)}`;
  const compared =
    compared_with.length === 0 ? 'nothing healthy to compare with' : `compared with ${compared_with.join(', ')}`;
  return [`${plural(lines, 'line')}${period}`, ...counts, compared].join(', ');
}

/** `12:00:01` of an ISO time. */
const clock = (at: string): string => /T(\d\d:\d\d:\d\d)/.exec(at)?.[1] ?? at;

function timesOf({ count, first, last }: Pick<ContainerLog['templates'][number], 'count' | 'first' | 'last'>): string {
  if (last === undefined) return ` ×${count}`;
  const from = first === undefined || clock(first) === clock(last) ? '' : `${clock(first)}–`;
  return ` ${count === 1 ? '' : `×${count} `}${from}${clock(last)}`;
}

const signatureSpans = ({ title, quote, known, ...when }: ContainerLog['signatures'][number]): readonly Span[] => [
  span(title, 'bad'),
  glue(timesOf(when), 'dim'),
  glue(known ? ' (healthy ones say it too): ' : ': '),
  span(quote, 'quote'),
];

const linkSpans = ({ word, says }: ContainerLog['links'][number]): readonly Span[] => [span(`${word}: ${says}`)];

function traceSpans(trace: ContainerLog['traces'][number]): readonly Span[] {
  const { language, type, message, frame, cause, novel } = trace;
  const says = (each: { type: string; message: string }) =>
    each.message === '' ? each.type : `${each.type}: ${each.message}`;
  return [
    ...newSpans(novel),
    span(says({ type, message }), 'quote'),
    ...(cause === undefined ? [] : [glue(' ← '), span(says(cause), 'quote')]),
    ...(frame === undefined ? [] : [glue(' at '), span(frame)]),
    glue(` (${language}, ${trace.lines} lines)${timesOf(trace)}`, 'dim'),
  ];
}

const templateSpans = ({ level, sample, novel, ...when }: ContainerLog['templates'][number]): readonly Span[] => [
  ...newSpans(novel),
  ...(level === undefined ? [] : [span(level, level === 'error' || level === 'fatal' ? 'bad' : 'dim'), glue(' ')]),
  glue(timesOf(when).trim(), 'dim'),
  glue(': '),
  span(sample, 'quote'),
];

const newSpans = (novel: boolean | undefined): readonly Span[] =>
  novel === true ? [span('new', 'warn'), glue(' ')] : [];

const endSpans = ({ at, text, more }: ContainerLog['end'][number]): readonly Span[] => [
  ...(at === undefined ? [] : [span(clock(at), 'dim'), glue(' ')]),
  span(text, 'quote'),
  ...(more === 0 ? [] : [glue(` (+${plural(more, 'line')})`, 'dim')]),
];
