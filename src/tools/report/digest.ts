import type { Cause, Explanation, Risk } from '../../engines/diagnosis/explanation.ts';
import type { Evidence } from '../../engines/diagnosis/rule.ts';
import { AppError } from '../../platform/errors.ts';
import type { DiagnosedCause, Diagnosis } from './diagnosis.ts';

/** Bytes of JSON that an answer with `usualCauses` causes may have: about 1,500 tokens. */
export const answerBytes = 6_000;
const usualCauses = 5;
/** Bytes of a cause when the caller asks for more of them than usual: people at a terminal do. */
const causeBytes = 2_000;

/** How many of each a cause shows; `text` is characters of one text. */
interface CauseDetail {
  readonly evidence: number;
  readonly chain: number;
  readonly changes: number;
  readonly fixes: number;
  readonly avoid: number;
  readonly affected: number;
  readonly text: number;
}

interface Detail {
  readonly best: CauseDetail;
  readonly others: CauseDetail;
  readonly risks: number;
  readonly blindSpots: number;
}

/** What every answer has room for. */
const terse: Detail = {
  best: { evidence: 1, chain: 3, changes: 1, fixes: 1, avoid: 1, affected: 1, text: 160 },
  others: { evidence: 0, chain: 1, changes: 0, fixes: 1, avoid: 0, affected: 0, text: 140 },
  risks: 0,
  blindSpots: 2,
};

interface Addition {
  readonly best?: Partial<CauseDetail>;
  readonly others?: Partial<CauseDetail>;
  readonly risks?: number;
  readonly blindSpots?: number;
}

/** What is added while there is room, what matters most first; what does not fit is skipped. */
const additions: readonly Addition[] = [
  { best: { chain: 8 } },
  { others: { chain: 3 } },
  { others: { evidence: 1 } },
  { best: { evidence: 2, text: 240 } },
  { best: { fixes: 3, avoid: 2 } },
  { others: { chain: 5 } },
  { blindSpots: 4, risks: 2 },
  { others: { text: 240 } },
  { best: { evidence: 3, changes: 3 } },
  { others: { changes: 1, fixes: 2 } },
  { others: { avoid: 1 } },
  { best: { affected: 5 }, others: { affected: 3 } },
  { best: { evidence: 4, avoid: 3, text: 400 } },
  { others: { evidence: 2 } },
  { risks: 5, blindSpots: 5 },
  { others: { evidence: 4, chain: 8, changes: 3, fixes: 3, avoid: 3, affected: 5, text: 400 } },
];

const withMore = (detail: Detail, { best, others, ...counts }: Addition): Detail => ({
  ...detail,
  ...counts,
  best: { ...detail.best, ...best },
  others: { ...detail.others, ...others },
});

interface DigestOptions {
  /** Most causes. */
  readonly limit: number;
  /** Bytes of JSON; by default what fits the limit. */
  readonly bytes?: number | undefined;
  /** From an earlier answer, whose causes are not shown again. */
  readonly cursor?: string | undefined;
}

/**
 * The explanation, short enough for a model to read. Causes beyond the limit go, and lesser ones when not even they fit
 * in short; what is left of the room is filled with details. What went is counted in `left_out`.
 */
export function digest(whole: Explanation, { limit, bytes, cursor: from }: DigestOptions): Diagnosis {
  const before = from === undefined ? 0 : causesBefore(from, whole.causes.length);
  const explanation = before === 0 ? whole : { ...whole, causes: whole.causes.slice(before), risks: [] };
  const shown = Math.min(limit, explanation.causes.length);
  const budget = bytes ?? (limit > usualCauses ? Math.max(answerBytes, causeBytes * shown) : answerBytes);
  const shortened = (most: number, details: Detail): Diagnosis => {
    const told = before + most;
    const cursor = told < whole.causes.length ? { cursor: `${cursorStart}${told}` } : {};
    return { ...shorten(explanation, most, details), ...cursor };
  };
  const fits = (diagnosis: Diagnosis): boolean => Buffer.byteLength(JSON.stringify(diagnosis)) <= budget;
  let causes = limit;
  while (causes > 1 && !fits(shortened(causes, terse))) causes--;
  let detail = terse;
  for (const addition of additions) {
    const richer = withMore(detail, addition);
    if (fits(shortened(causes, richer))) detail = richer;
  }
  return shortened(causes, detail);
}

const cursorStart = 'causes-';

/** How many causes a cursor passes over. Throws `validation_error` for one that is not ours, or has nothing after it. */
function causesBefore(cursor: string, known: number): number {
  const count = cursor.startsWith(cursorStart) ? Number(cursor.slice(cursorStart.length)) : Number.NaN;
  if (Number.isSafeInteger(count) && count > 0 && count < known) return count;
  throw new AppError('validation_error', 'No cause follows this cursor.', {
    hint: 'Pass the cursor of the previous answer with the same arguments, or none to start again.',
    details: { problems: [{ path: 'cursor', message: 'is no cursor of this diagnosis' }] },
  });
}

function shorten(explanation: Explanation, limit: number, detail: Detail): Diagnosis {
  const leftOut = new Map<string, number>();
  const take: Take = (items, most, what) => {
    if (items.length > most) leftOut.set(what, (leftOut.get(what) ?? 0) + items.length - most);
    return items.slice(0, most);
  };
  const { scope, verdict, causes, risks, blind_spots, checked, snapshot } = explanation;
  const { best, others } = detail;
  const short = {
    causes: take(causes, limit, 'causes').map((cause, index) => causeOf(cause, index === 0 ? best : others, take)),
    risks: take(risks, detail.risks, 'risks').map((risk) => riskOf(risk, take)),
    blind_spots: take(blind_spots, detail.blindSpots, 'blind_spots').map(({ what, why, consequence }) => ({
      what: cut(what, best.text),
      why: cut(why, best.text),
      consequence: cut(consequence, best.text),
    })),
  };
  const left = leftOut.size > 0 ? { left_out: Object.fromEntries(leftOut) } : {};
  return { scope, verdict, ...short, checked, snapshot, ...left };
}

type Take = <Item>(items: readonly Item[], most: number, what: string) => readonly Item[];

function causeOf(cause: Cause, detail: CauseDetail, take: Take): DiagnosedCause {
  const { affected, text } = { affected: cause.affected, text: (value: string) => cut(value, detail.text) };
  return {
    ...cause,
    summary: cut(cause.summary, summaryText),
    chain: ends(cause.chain, detail.chain, take).map((link) => ({ ...link, message: text(link.message) })),
    evidence: take(varied(cause.evidence), detail.evidence, 'evidence').map((each) => ({
      ...each,
      text: elide(each.text, detail.text),
    })),
    affected: {
      ...affected,
      services: take(affected.services, detail.affected, 'affected'),
      routes: take(affected.routes, detail.affected, 'affected'),
    },
    changes: take(cause.changes, detail.changes, 'changes').map((each) => ({ ...each, what: text(each.what) })),
    fixes: take(cause.fixes, detail.fixes, 'fixes'),
    avoid: take(cause.avoid, detail.avoid, 'avoid'),
    missing_evidence: take(cause.missing_evidence, detail.avoid, 'missing_evidence').map(text),
  };
}

/** Characters of a summary; it is one sentence, and the one that has to survive. */
const summaryText = 400;

/** How sure a risk is matters to whoever acts on it alone, and is not shown. */
const riskOf = ({ confidence: _sure, ...risk }: Risk, take: Take): Diagnosis['risks'][number] => ({
  ...risk,
  summary: cut(risk.summary, 240),
  fixes: take(risk.fixes, 1, 'fixes'),
});

/** A chain's beginning and its end, which is what the user sees; the middle goes first. */
function ends<Link>(links: readonly Link[], most: number, take: Take): readonly Link[] {
  if (links.length <= most) return links;
  take(links, most, 'chain');
  const last = links.at(-1);
  return most < 2 || last === undefined ? links.slice(0, most) : [...links.slice(0, most - 1), last];
}

/** What speaks for itself first, one text of each source before a second one. */
function varied(evidence: readonly Evidence[]): readonly Evidence[] {
  const seen = new Map<string, number>();
  const ranked = evidence.map((each) => {
    const rank = seen.get(each.source) ?? 0;
    seen.set(each.source, rank + 1);
    return { each, rank };
  });
  return ranked.toSorted((a, b) => a.rank - b.rank).map(({ each }) => each);
}

/** Text of at most that many characters, well-formed, with a sign that it was cut. */
export const cut = (text: string, most: number): string =>
  text.length <= most ? text : `${text.slice(0, most - 1).toWellFormed()}…`;

/** The same, but from the middle: a wrapped error ends with its cause. */
function elide(text: string, most: number): string {
  if (text.length <= most) return text;
  const head = Math.floor(most / 3);
  return `${text.slice(0, head).toWellFormed()}…${text.slice(text.length - most + head + 1).toWellFormed()}`;
}
