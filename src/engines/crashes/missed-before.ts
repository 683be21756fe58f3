import { type Dependency, dependencyIn } from '../dependencies.ts';
import { entriesOf } from '../logs/entries.ts';
import { connectionFailureIn } from '../logs/failed-hosts.ts';
import { type TellingEntry, tellingOf } from '../logs/telling.ts';
import { missedService } from '../missed-services.ts';
import type { Pod } from '../objects.ts';
import type { PodContainer } from '../pods.ts';
import type { Snapshot } from '../snapshot.ts';
import type { LogExcerpt } from '../snapshot-data.ts';

/** Who has no others to talk to says so, and why in the line before. */
const ofOthers =
  /\b(?:no|any|none of the|without|all|zero|empty|missing) (?:\w+ ){0,2}(?:seeds?|peers?|members?|hosts?|servers?|brokers?|nodes?|endpoints?|address(?:es)?)\b/i;
const linesBefore = 3;
/** Who gave up waiting says for whom only while it waits. */
const gaveUp =
  /\b(?:timed? ?out|time-?out|waiting for|gave up|giving up|(?:too many|max\w*|all) (?:retries|attempts)|(?:un)?able to (?:open|establish|get) (?:a )?(?:\w+ )?conn\w*|conn(?:ection)? (?:failed|successfully opened))\b/i;

interface Where {
  readonly pod: Pod;
  readonly container: PodContainer;
  readonly log: LogExcerpt | undefined;
}

interface Missed {
  readonly telling: TellingEntry;
  readonly dependency: Dependency;
}

/** The Service that a program missed before it ended with words that name none. */
export const missedBefore = (snapshot: Snapshot, where: Where, telling: TellingEntry | undefined): Missed | undefined =>
  lookupBefore(snapshot, where, telling) ?? waitedFor(snapshot, where, telling);

/** The one that it called again and again before it gave up. */
function waitedFor(
  snapshot: Snapshot,
  { pod, container, log }: Where,
  telling: TellingEntry | undefined,
): Missed | undefined {
  if (log === undefined || telling === undefined || !gaveUp.test(telling.words)) return undefined;
  const missed = missedService(snapshot, { pod, container }, log);
  return missed && { dependency: missed.dependency, telling: tellingOf(missed.entry) };
}

/** The Service whose name did not resolve right before a program found itself alone. */
function lookupBefore(snapshot: Snapshot, where: Where, telling: TellingEntry | undefined): Missed | undefined {
  if (where.log === undefined || telling === undefined || !ofOthers.test(telling.words)) return undefined;
  const entries = entriesOf(where.log);
  const place = entries.findIndex(({ lines }) => lines[0] === telling.entry.lines[0]);
  for (const entry of entries.slice(Math.max(0, place - linesBefore), Math.max(0, place)).toReversed()) {
    const text = entry.lines.join('\n');
    const dependency = connectionFailureIn(text) === 'unknown-host' ? dependencyIn(snapshot, where, text) : undefined;
    if (dependency?.service !== undefined) return { telling: tellingOf(entry), dependency };
  }
  return undefined;
}
