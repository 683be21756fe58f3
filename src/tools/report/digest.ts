import type { Cause, Explanation, Risk } from '../../engines/diagnosis/explanation.ts';
import type { Evidence } from '../../engines/diagnosis/rule.ts';
import type { DiagnosedCause, Diagnosis } from './diagnosis.ts';

/** Bytes of JSON that an answer with `usualCauses` causes may have: about 1,500 tokens. */
export const answerBytes = 6_000;
const usualCauses = 5;
/** Bytes more for every cause beyond the usual number, when the caller asks for more. */
const causeBytes = 1_000;

/** How many of each a cause, or the answer, shows; `text` is characters of one text. */
interface Detail {
  readonly evidence: number;
  readonly chain: number;
  readonly changes: number;
  readonly fixes: number;
  readonly avoid: number;
  readonly affected: number;
  readonly risks: number;
  readonly blindSpots: number;
  readonly text: number;
}

/** From generous to terse; the first that makes the answer fit is taken. */
const rich = { evidence: 4, chain: 8, changes: 3, fixes: 3, avoid: 3, affected: 5, risks: 5, blindSpots: 5, text: 400 };
const details: readonly (readonly [best: Detail, others: Detail])[] = [
  [rich, rich],
  [rich, { ...rich, evidence: 2, chain: 5, changes: 1, fixes: 2, avoid: 2, affected: 3, text: 240 }],
  [
    { ...rich, evidence: 3, risks: 3, blindSpots: 4, text: 300 },
    { ...rich, evidence: 1, chain: 3, changes: 1, fixes: 1, avoid: 1, affected: 2, text: 200 },
  ],
  [
    { ...rich, evidence: 2, chain: 5, changes: 2, fixes: 2, avoid: 2, affected: 3, risks: 1, blindSpots: 3, text: 240 },
    { ...rich, evidence: 1, chain: 2, changes: 0, fixes: 1, avoid: 0, affected: 1, text: 160 },
  ],
  [
    { ...rich, evidence: 2, chain: 3, changes: 1, fixes: 2, avoid: 1, affected: 2, risks: 0, blindSpots: 2, text: 160 },
    { ...rich, evidence: 0, chain: 1, changes: 0, fixes: 1, avoid: 0, affected: 0, text: 140 },
  ],
];

interface DigestOptions {
  /** Most causes. */
  readonly limit: number;
  /** Bytes of JSON; by default what fits the limit. */
  readonly bytes?: number | undefined;
}

/**
 * The explanation, short enough for a model to read: causes beyond the limit go, then details of the lesser causes, then
 * of the best one, then the lesser causes themselves. What went is counted in `left_out`.
 */
export function digest(explanation: Explanation, { limit, bytes }: DigestOptions): Diagnosis {
  const budget = bytes ?? answerBytes + causeBytes * Math.max(0, limit - usualCauses);
  for (const [best, others] of details) {
    const short = shorten(explanation, limit, { best, others });
    if (sizeOf(short) <= budget) return short;
  }
  const [best, others] = details.at(-1) ?? [rich, rich];
  for (let causes = limit - 1; causes > 1; causes--) {
    const short = shorten(explanation, causes, { best, others });
    if (sizeOf(short) <= budget) return short;
  }
  return shorten(explanation, 1, { best, others });
}

const sizeOf = (diagnosis: Diagnosis): number => Buffer.byteLength(JSON.stringify(diagnosis));

function shorten(
  explanation: Explanation,
  limit: number,
  { best, others }: { readonly best: Detail; readonly others: Detail },
): Diagnosis {
  const leftOut = new Map<string, number>();
  const take = <Item>(items: readonly Item[], most: number, what: string): readonly Item[] => {
    if (items.length > most) leftOut.set(what, (leftOut.get(what) ?? 0) + items.length - most);
    return items.slice(0, most);
  };
  const { causes, risks, blind_spots, ...rest } = explanation;
  const short = {
    causes: take(causes, limit, 'causes').map((cause, index) => causeOf(cause, index === 0 ? best : others, take)),
    risks: take(risks, best.risks, 'risks').map((risk) => riskOf(risk, take)),
    blind_spots: take(blind_spots, best.blindSpots, 'blind_spots').map(({ what, why, consequence }) => ({
      what: cut(what, best.text),
      why: cut(why, best.text),
      consequence: cut(consequence, best.text),
    })),
  };
  return {
    scope: rest.scope,
    verdict: rest.verdict,
    ...short,
    checked: rest.checked,
    snapshot: rest.snapshot,
    ...(leftOut.size > 0 ? { left_out: Object.fromEntries(leftOut) } : {}),
  };
}

type Take = <Item>(items: readonly Item[], most: number, what: string) => readonly Item[];

function causeOf(cause: Cause, detail: Detail, take: Take): DiagnosedCause {
  const { affected, text } = { affected: cause.affected, text: (value: string) => cut(value, detail.text) };
  return {
    ...cause,
    summary: cut(cause.summary, summaryText),
    chain: ends(cause.chain, detail.chain, take).map((link) => ({ ...link, message: text(link.message) })),
    evidence: take(varied(cause.evidence), detail.evidence, 'evidence').map((each) => ({
      ...each,
      text: text(each.text),
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

const riskOf = (risk: Risk, take: Take): Risk => ({
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
