import { type Dependency, dependencyIn } from './dependencies.ts';
import { entriesOf, type LogEntry } from './logs/entries.ts';
import type { Pod } from './objects.ts';
import type { PodContainer } from './pods.ts';
import type { Snapshot } from './snapshot.ts';
import type { LogExcerpt } from './snapshot-data.ts';

/** So many complaints about one host are no passing failure. */
const repeated = 3;
/** Entries at the end of a log that count. */
const lately = 60;

/**
 * The Service that a log tells of again and again as out of reach, or once when nobody serves it, with the last entry
 * that says so; whatever else the log complains about more loudly.
 */
export function missedService(
  snapshot: Snapshot,
  where: { readonly pod: Pod; readonly container: PodContainer },
  log: LogExcerpt,
): { readonly dependency: Dependency; readonly entry: LogEntry } | undefined {
  const told = entriesOf(log)
    .slice(-lately)
    .flatMap((entry) => {
      const dependency = dependencyIn(snapshot, where, entry.lines.join('\n'));
      return dependency?.service === undefined ? [] : [{ dependency, entry }];
    });
  const groups = [...Map.groupBy(told, ({ dependency }) => dependency.host).values()];
  const [most] = groups.toSorted((a, b) => b.length - a.length);
  const last = most?.at(-1);
  const matters =
    most !== undefined &&
    (most.length >= repeated || last?.dependency.missing === true || last?.dependency.endpoints === 0);
  return matters ? last : undefined;
}
