import type { DiagnosedCause, DiagnosedFix } from '../tools/report/diagnosis.ts';
import { Chain } from './chain.tsx';
import { counted, ObjectName, Part, Severity, Time } from './words.tsx';

export interface CauseProps {
  readonly cause: DiagnosedCause;
  /** The namespace that is looked at. */
  readonly home: string | undefined;
  readonly open: boolean;
  readonly onToggle: () => void;
  readonly fixes: FixesProps['fixing'];
}

/** One root cause: a line that tells it all, and behind it how that is known and what to do. */
export function Cause({ cause, home, open, onToggle, fixes }: CauseProps) {
  const { id, severity, summary, band, confidence, affected, rule } = cause;
  return (
    <li class={`cause ${severity}`}>
      <h2>
        <button type="button" aria-expanded={open} aria-controls={`more-${id}`} onClick={onToggle}>
          <Severity severity={severity} />
          <span class="summary">{summary}</span>
          <span class="dim facts">
            {band} {confidence.toFixed(2)}
            {affected.pods > 0 && ` · ${counted(affected.pods, 'pod')}`}
            {affected.routes.length > 0 && ` · ${counted(affected.routes.length, 'route')}`}
            {affected.since !== undefined && (
              <>
                {' · since '}
                <Time at={affected.since} />
              </>
            )}
          </span>
        </button>
      </h2>
      <div class="more" id={`more-${id}`} hidden={!open}>
        {open && <Details cause={cause} home={home} fixes={fixes} />}
        <p class="dim">
          Rule <code>{rule}</code>
        </p>
      </div>
    </li>
  );
}

function Details({ cause, home, fixes }: Pick<CauseProps, 'cause' | 'home' | 'fixes'>) {
  const { evidence, changes, avoid, missing_evidence: missing, next_check: next } = cause;
  return (
    <>
      <Chain cause={cause} />
      <Part title="Evidence" when={evidence.length > 0}>
        <ul class="quotes">
          {evidence.map(({ object, source, text, at }) => (
            <li>
              <blockquote>{text}</blockquote>
              <p class="dim">
                <ObjectName object={object} home={home} /> · {source}
                {at !== undefined && (
                  <>
                    {' · '}
                    <Time at={at} />
                  </>
                )}
              </p>
            </li>
          ))}
        </ul>
      </Part>
      <Part title="What changed before" when={changes.length > 0}>
        <ul class="plain">
          {changes.map(({ object, at, by, what }) => (
            <li>
              <Time at={at} /> <ObjectName object={object} home={home} /> {what}
              {by !== undefined && <span class="dim"> by {by}</span>}
            </li>
          ))}
        </ul>
      </Part>
      <Fixes fixes={cause.fixes} fixing={fixes} home={home} />
      <Part title="Avoid" when={avoid.length > 0}>
        <Lines texts={avoid} />
      </Part>
      <Part title="Not known" when={missing.length > 0}>
        <Lines texts={missing} />
      </Part>
      <Part title="Look next" when={next !== undefined}>
        <p>
          <code class="command">{next}</code>
        </p>
      </Part>
    </>
  );
}

const Lines = ({ texts }: { readonly texts: readonly string[] }) => (
  <ul class="plain">
    {texts.map((text) => (
      <li>{text}</li>
    ))}
  </ul>
);

interface FixesProps {
  readonly fixes: readonly DiagnosedFix[];
  readonly home: string | undefined;
  readonly fixing: {
    /** Whether a tool can be asked for a plan here. */
    readonly offers: (tool: string) => boolean;
    readonly plan: (tool: string, args: Readonly<Record<string, unknown>>) => void;
    /** A plan is on its way. */
    readonly busy: boolean;
  };
}

/** What to do. What a tool can do is planned from here; nothing changes by that. */
export function Fixes({ fixes, fixing }: FixesProps) {
  return (
    <Part title="Fix" when={fixes.length > 0}>
      <ul class="fixes">
        {fixes.map((fix) => (
          <li>
            {'tool' in fix ? (
              <>
                <code class="command">{callOf(fix)}</code>
                {fixing.offers(fix.tool) ? (
                  <button type="button" disabled={fixing.busy} onClick={() => fixing.plan(fix.tool, fix.arguments)}>
                    {fixing.busy ? 'Planning…' : 'Plan this'}
                  </button>
                ) : (
                  <span class="dim">Planning it takes a service with --heal.</span>
                )}
              </>
            ) : (
              <span class="prose">{fix.advice}</span>
            )}
            {fix.reason !== '' && <p class="dim">{fix.reason}</p>}
          </li>
        ))}
      </ul>
    </Part>
  );
}

/** `rollback_workload object=deployment/queue namespace=shop-data revision=1` */
const callOf = ({ tool, arguments: args }: Extract<DiagnosedFix, { tool: string }>): string =>
  [tool, ...Object.entries(args).map(([name, value]) => `${name}=${String(value)}`)].join(' ');
