import { nameOf, type ObjectRef } from '../../engines/objects.ts';
import type { DiagnosedCause, Diagnosis } from './diagnosis.ts';
import { fixSpans, stepSpan } from './fix-text.ts';
import { glue, type Line, type Span, type Style, span } from './lines.ts';
import { plural } from './plural.ts';

const blank: Line = { kind: 'blank' };

/** The report of a diagnosis: a header, a tree a cause, then what is not broken yet and what could not be seen. */
export function diagnosisLines(diagnosis: Diagnosis): readonly Line[] {
  return [
    { kind: 'heading', spans: [span(headerText(diagnosis), 'strong')] },
    ...causesLines(diagnosis),
    ...risksLines(diagnosis),
    ...blindSpotsLines(diagnosis),
    ...leftOutLines(diagnosis),
  ];
}

/** `shop: 14 pods, 3 not ready (read in 0.2 s)`. */
function headerText({ scope, checked, snapshot }: Diagnosis): string {
  const { pods, pods_not_ready: broken } = checked;
  const state = pods === 0 ? '' : broken === 0 ? ', all ready' : `, ${broken} not ready`;
  // None that could be seen is not none.
  const none = snapshot.complete ? 'no pods' : 'pods unknown';
  const count = pods === 0 ? none : plural(pods, 'pod');
  const where = scope.namespace === undefined ? `, ${plural(checked.namespaces, 'namespace')}` : '';
  return `${placeText(scope)}: ${count}${where}${state} (${sourceText(snapshot)})`;
}

function placeText({ cluster, namespace, object }: Diagnosis['scope']): string {
  if (object === undefined) return namespace ?? cluster;
  return namespace === undefined ? nameOf(object) : `${namespace}, ${nameOf(object)}`;
}

function sourceText({ source, taken_at, duration_ms }: Diagnosis['snapshot']): string {
  if (source !== 'live') return `${source}, taken ${taken_at.slice(0, 16).replace('T', ' ')} UTC`;
  return `read in ${(duration_ms / 1000).toFixed(duration_ms < 9_950 ? 1 : 0)} s`;
}

function causesLines(diagnosis: Diagnosis): readonly Line[] {
  const { verdict, causes, checked, blind_spots } = diagnosis;
  const looked = `${plural(checked.objects, 'object')}, ${plural(checked.rules, 'rule')}`;
  if (causes.length > 0) return causes.flatMap((cause) => [blank, ...causeLines(cause, diagnosis)]);
  const [mark, words]: [Span, string] =
    verdict === 'healthy'
      ? [span('✔', 'good'), `Nothing is wrong${soFar(checked.pods_not_ready)}: checked ${looked}.`]
      : [span('?', 'warn'), `Cannot tell: checked ${looked} and found no cause, ${unknownReason(blind_spots.length)}.`];
  return [blank, { kind: 'cause', mark, spans: [span(words)] }];
}

/** What starts is not broken, but nobody knows yet whether it will be well. */
const soFar = (starting: number): string =>
  starting === 0 ? '' : ` so far, and ${plural(starting, 'pod')} ${starting === 1 ? 'is' : 'are'} not ready yet`;

const unknownReason = (blindSpots: number): string =>
  blindSpots > 0 ? 'but could not see everything' : 'but not everything is well';

const severityStyle = (severity: string): Style => (severity === 'critical' || severity === 'high' ? 'bad' : 'warn');
const bandStyles = { confirmed: 'good', likely: 'warn', possible: 'dim' } as const;

/** What is said of a cause, in the order in which one wants to know it. */
export function causeLines(
  cause: DiagnosedCause,
  { scope, snapshot }: Pick<Diagnosis, 'scope' | 'snapshot'>,
): readonly Line[] {
  const { namespace } = cause.object;
  const place = namespace === undefined || namespace === scope.namespace ? '' : `${namespace}: `;
  const branches: readonly (readonly [label: string, items: readonly (readonly Span[])[]])[] = [
    ['then', chainItems(cause)],
    ['evidence', evidenceItems(cause)],
    ['changed', cause.changes.map((change) => [span(changeText(change, { namespace, takenAt: snapshot.taken_at }))])],
    ['fix', fixItems(cause)],
    ['avoid', cause.avoid.map((text) => [span(text)])],
    ['missing', cause.missing_evidence.map((text) => [span(text)])],
    ['next', cause.next_check === undefined ? [] : [[stepSpan(cause.next_check)]]],
  ];
  const present = branches.filter(([, items]) => items.length > 0);
  return [
    {
      kind: 'cause',
      mark: span('✖', severityStyle(cause.severity)),
      spans: [
        span(`${place}${cause.summary}`, 'strong'),
        glue('   '),
        { ...span(`${cause.band} ${cause.confidence.toFixed(2)}`, bandStyles[cause.band]), whole: true },
      ],
    },
    ...present.map(
      ([label, items], index): Line => ({
        kind: 'branch',
        label,
        items,
        last: index === present.length - 1,
        ...(label === 'fix' ? { alternatives: true } : {}),
      }),
    ),
  ];
}

/** Each quote with the object it is from, unless that is the one above. */
function evidenceItems({ evidence, object: { namespace } }: DiagnosedCause): readonly (readonly Span[])[] {
  return evidence.map(({ object, text }, index) => {
    const before = evidence[index - 1]?.object;
    const same = before !== undefined && shown(before, namespace) === shown(object, namespace);
    return [...(same ? [] : [span(`${shown(object, namespace)}:`), glue(' ')]), span(text, 'quote')];
  });
}

/** One line: the states that follow from the cause, in order. */
function chainItems({ chain, object }: DiagnosedCause): readonly (readonly Span[])[] {
  if (chain.length === 0) return [];
  const links = chain.map((link, index) => {
    const told = index === 0 && nameOf(link.object) === nameOf(object);
    const counts = /^\d/.test(link.message);
    return told ? link.message : `${shown(link.object, object.namespace)}${counts ? ':' : ''} ${link.message}`;
  });
  return [[span(links.join(' → '))]];
}

/** Short remedies stand side by side, long ones below each other. */
function fixItems({ fixes }: DiagnosedCause): readonly (readonly Span[])[] {
  const items = fixes.map(fixSpans);
  const joined = items.flatMap((spans, index) => (index === 0 ? spans : [glue(', or  '), ...spans]));
  const width = joined.reduce((sum, { text }) => sum + text.length, 0);
  if (width <= oneLine) return joined.length === 0 ? [] : [joined];
  return items;
}
const oneLine = 100;

/** `12:03 UTC ConfigMap/api-config by kubectl-edit (-URL +URI)`; with the day when it was another one. */
function changeText(
  { object, at, by, what }: DiagnosedCause['changes'][number],
  { namespace, takenAt }: { readonly namespace: string | undefined; readonly takenAt: string },
): string {
  const day = at.slice(0, 10) === takenAt.slice(0, 10) ? '' : `${at.slice(0, 10)} `;
  const writer = by === undefined ? '' : ` by ${by}`;
  return `${day}${at.slice(11, 16)} UTC ${shown(object, namespace)}${writer} (${what})`;
}

/** An object beside one of `namespace`: another namespace is named. */
const shown = (object: ObjectRef, namespace: string | undefined): string =>
  object.namespace === undefined || object.namespace === namespace
    ? nameOf(object)
    : `${nameOf(object)} in ${object.namespace}`;

function risksLines({ risks, scope }: Diagnosis): readonly Line[] {
  if (risks.length === 0) return [];
  const items = risks.map(({ summary, object, severity }): Line => {
    const place = object.namespace === undefined || object.namespace === scope.namespace ? '' : `${object.namespace}: `;
    return { kind: 'item', mark: span('!', severity === 'info' ? 'dim' : 'warn'), spans: [span(`${place}${summary}`)] };
  });
  return [blank, { kind: 'paragraph', spans: [span('Not broken yet:')] }, ...items];
}

function blindSpotsLines({ blind_spots: spots }: Diagnosis): readonly Line[] {
  if (spots.length === 0) return [];
  const items = spots.map(
    ({ what, why, consequence }): Line => ({
      kind: 'item',
      mark: span('?', 'warn'),
      spans: [span(`${what}: ${why.replace(/\.$/, '')}`), glue('; '), span(consequence, 'dim')],
    }),
  );
  return [blank, { kind: 'paragraph', spans: [span('Could not be seen:')] }, ...items];
}

const leftOutNames: Readonly<Record<string, string>> = {
  causes: 'more cause',
  risks: 'more risk',
  blind_spots: 'more blind spot',
};

/** Only what is a thing of its own is worth a line; shortened lists of a cause are in the data. */
function leftOutLines({ left_out = {}, cursor }: Diagnosis): readonly Line[] {
  const parts = Object.entries(leftOutNames).flatMap(([key, name]) => {
    const count = left_out[key] ?? 0;
    return count === 0 ? [] : [plural(count, name)];
  });
  if (parts.length === 0) return [];
  const hint = cursor === undefined ? '' : `; to see more, raise limit, name an object, or go on with cursor ${cursor}`;
  return [blank, { kind: 'paragraph', spans: [span(`… ${parts.join(', ')}${hint}`, 'dim')] }];
}
