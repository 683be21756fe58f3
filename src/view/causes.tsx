import type { Diagnosis } from '../tools/report/diagnosis.ts';
import type { Address } from './address.ts';
import { Cause, type CauseProps } from './cause.tsx';
import { counted, type Mark, Severity, Sign, Time } from './words.tsx';

interface CausesProps {
  readonly diagnosis: Diagnosis;
  readonly address: Address;
  readonly onOpen: (cause: string) => void;
  readonly fixes: CauseProps['fixes'];
}

/** By which no cause is open, as its id is. */
const none = 'none';

/** What is broken, why, and what could not be seen. */
export function Causes({ diagnosis, address, onOpen, fixes }: CausesProps) {
  const { causes, risks, blind_spots: blind, left_out: left, scope, verdict } = diagnosis;
  const open = address.cause ?? causes[0]?.id;
  return (
    <>
      <Verdict diagnosis={diagnosis} />
      {verdict !== 'unhealthy' && <BlindSpots spots={blind} />}
      {causes.length > 0 && (
        <section aria-label="Root causes">
          <ol class="causes">
            {causes.map((cause) => (
              <Cause
                key={cause.id}
                cause={cause}
                home={scope.namespace}
                open={cause.id === open}
                onToggle={() => onOpen(cause.id === open ? none : cause.id)}
                fixes={fixes}
              />
            ))}
          </ol>
          {(left?.['causes'] ?? 0) > 0 && (
            <p class="dim">{counted(left?.['causes'] ?? 0, 'more cause')}: look at one namespace to see them.</p>
          )}
        </section>
      )}
      {verdict === 'unhealthy' && <BlindSpots spots={blind} />}
      {risks.length > 0 && <Risks risks={risks} />}
    </>
  );
}

function Verdict({ diagnosis }: { readonly diagnosis: Diagnosis }) {
  const { verdict, causes, checked, snapshot, scope, blind_spots: blind } = diagnosis;
  const [mark, words] = verdictOf(diagnosis);
  return (
    <header class={`verdict ${verdict}`}>
      <h1 tabIndex={-1}>
        <Sign mark={mark} /> <span>{words}</span>
      </h1>
      {verdict === 'healthy' && (
        <p class="prose">
          {counted(checked.rules, 'rule')} found nothing that is broken among {counted(checked.objects, 'object')}.
        </p>
      )}
      {verdict === 'unknown' && causes.length === 0 && blind.length === 0 && (
        <p class="prose">Too little could be read to say that all is well, or what is not.</p>
      )}
      <p class="dim">
        {/* Of an object, those of all its namespace were read: not what was asked. */}
        {scope.object === undefined && `${counted(checked.pods, 'pod')}, ${checked.pods_not_ready} not ready · `}
        read <Time at={snapshot.taken_at} /> UTC in {(snapshot.duration_ms / 1000).toFixed(1)} s · {scope.cluster}
        {!snapshot.complete && ' · not all of it'}
      </p>
    </header>
  );
}

function verdictOf({ verdict, causes, scope, left_out: left }: Diagnosis): readonly [Mark, string] {
  const where = placeOf(scope);
  if (verdict === 'healthy') return ['healthy', `All is well in ${where}`];
  if (verdict === 'unknown') return ['unknown', `Cannot tell what is wrong in ${where}`];
  const count = causes.length + (left?.['causes'] ?? 0);
  return [causes[0]?.severity ?? 'high', `${counted(count, 'thing')} ${count === 1 ? 'is' : 'are'} broken in ${where}`];
}

const placeOf = ({ namespace, object }: Diagnosis['scope']): string =>
  [object && `${object.kind}/${object.name}`, namespace].filter((part) => part !== undefined).join(' in ') ||
  'all namespaces';

function BlindSpots({ spots }: { readonly spots: Diagnosis['blind_spots'] }) {
  if (spots.length === 0) return null;
  return (
    <section class="blind">
      <h2>
        <Sign mark="unknown" /> Not seen
      </h2>
      <ul class="plain">
        {spots.map(({ what, why, consequence }) => (
          <li>
            <b>{what}</b>: {why}; <span class="dim">{consequence}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Risks({ risks }: { readonly risks: Diagnosis['risks'] }) {
  return (
    <section>
      <h2>Not broken yet</h2>
      <ul class="risks">
        {risks.map(({ id, severity, summary, fixes: [fix] }) => (
          <li key={id}>
            <Severity severity={severity} /> {summary}
            {fix !== undefined && 'advice' in fix && <p class="dim">{fix.advice}</p>}
          </li>
        ))}
      </ul>
    </section>
  );
}
