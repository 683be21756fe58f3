import type { TimelineEntry } from '../engines/timeline/entry.ts';
import type { Diagnosis } from '../tools/report/diagnosis.ts';
import { type Address, placeOf } from './address.ts';
import type { Backend } from './backend.ts';
import { Loading } from './loading.tsx';
import { useAnswer } from './use-answer.ts';
import { counted, ObjectName, Time } from './words.tsx';

interface Timeline {
  readonly since: string;
  readonly until: string;
  readonly entries: readonly TimelineEntry[];
  readonly more: number;
  readonly routine_events: number;
  readonly blind_spots: Diagnosis['blind_spots'];
}

interface TimelineProps {
  readonly backend: Backend;
  readonly address: Address;
  readonly round: number;
  readonly onMinutes: (minutes: number) => void;
}

const spans = [
  [60, 'an hour'],
  [360, '6 hours'],
  [1440, 'a day'],
  [10_080, 'a week'],
] as const;

/** What changed and what happened, newest first. */
export function TimelineView({ backend, address, round, onMinutes }: TimelineProps) {
  const { minutes = 60 } = address;
  const args = { ...placeOf(address), since_minutes: minutes, limit: 100 };
  const asked = useAnswer<Timeline>(backend, 'get_timeline', args, round);
  const where = [address.object, address.namespace ?? 'the default namespace'].filter((part) => part !== undefined);
  return (
    <>
      <header class="verdict">
        <h1 tabIndex={-1}>What happened in {where.join(' in ')}</h1>
        <p>
          <label>
            Within{' '}
            <select value={String(minutes)} onChange={({ currentTarget }) => onMinutes(Number(currentTarget.value))}>
              {spans.map(([span, words]) => (
                <option value={String(span)}>{words}</option>
              ))}
            </select>
          </label>
        </p>
      </header>
      <Loading asked={asked} what="the timeline">
        {(timeline) => <Entries timeline={timeline} home={address.namespace} />}
      </Loading>
    </>
  );
}

function Entries({ timeline, home }: { readonly timeline: Timeline; readonly home: string | undefined }) {
  const { entries, since, more, routine_events: routine, blind_spots: blind } = timeline;
  return (
    <>
      {entries.length === 0 && (
        <p class="prose">
          Nothing happened since <Time at={since} /> UTC.
        </p>
      )}
      <ol class="timeline">
        {entries.map(({ at, kind, object, what, by, count = 1, first }) => (
          <li class={kind}>
            <Time at={at} />
            <span class="kind">{kind}</span>
            <span class="what">
              <ObjectName object={object} home={home} /> <span>{what}</span>
              {by !== undefined && <span class="dim"> by {by}</span>}
              {count > 1 && (
                <span class="dim">
                  {' '}
                  ×{count}
                  {first !== undefined && (
                    <>
                      {' since '}
                      <Time at={first} />
                    </>
                  )}
                </span>
              )}
            </span>
          </li>
        ))}
      </ol>
      {more > 0 && <p class="dim">{more} older not shown.</p>}
      {routine > 0 && <p class="dim">{counted(routine, 'routine event')} of starting pods not shown.</p>}
      {blind.map(({ what, why }) => (
        <p class="dim">
          Not seen: {what}. {why}
        </p>
      ))}
    </>
  );
}
