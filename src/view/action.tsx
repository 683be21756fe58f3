import { useEffect, useState } from 'preact/hooks';
import type { ActionReport } from '../tools/mend/report.ts';
import { type Address, placeOf } from './address.ts';
import type { Answer, Backend, Failure, PlanRef, Session } from './backend.ts';
import { Loading } from './loading.tsx';
import { Plan } from './plan.tsx';
import { useAnswer } from './use-answer.ts';
import { ObjectName, Problem, Time } from './words.tsx';

export interface Acting {
  readonly backend: Backend;
  readonly session: Session;
  readonly round: number;
  readonly plan: (tool: string, args: Readonly<Record<string, unknown>>) => void;
}

const going: ReadonlySet<string> = new Set(['applying', 'verifying']);
const pollMs = 2_000;

/** One action, by its id. While it is carried out it is looked at again and again. */
export function ActionView({ address, ...acting }: Acting & { readonly address: Address }) {
  const { action: id, namespace, cluster } = address;
  const [looks, setLooks] = useState(0);
  const asked = useAnswer<{ readonly actions: readonly ActionReport[] }>(
    acting.backend,
    'list_actions',
    { ...placeOf({ ...address, object: undefined }), action_id: id },
    acting.round + looks,
  );
  const report = asked.answer?.success ? asked.answer.actions[0] : undefined;
  const state = report?.state ?? '';
  useEffect(() => {
    if (asked.loading || !going.has(state)) return undefined;
    const timer = setTimeout(() => setLooks((before) => before + 1), pollMs);
    return () => clearTimeout(timer);
  }, [asked.loading, state, looks]);
  return (
    <Loading asked={asked} what="the action" titled="h1">
      {() =>
        report && (
          <article>
            <header class="verdict">
              <h1 tabIndex={-1}>
                {report.action.replaceAll('_', ' ')} <ObjectName object={report.object} />
              </h1>
              <p aria-live="polite">
                <span class={`state ${report.state}`}>{report.state}</span> {report.summary}
              </p>
              <p class="dim">
                <code>{report.action_id}</code>
                {report.approved_by !== undefined && ` · approved by ${report.approved_by}`}
              </p>
            </header>
            <Decision
              report={report}
              plan={{ action_id: report.action_id, namespace: namespace ?? report.object.namespace, cluster }}
              acting={acting}
              onDone={() => setLooks((before) => before + 1)}
            />
            <Plan report={report} />
          </article>
        )
      }
    </Loading>
  );
}

interface DecisionProps {
  readonly report: ActionReport;
  readonly plan: PlanRef;
  readonly acting: Acting;
  readonly onDone: () => void;
}

/** What a person can do about it now. */
function Decision({ report, plan, acting, onDone }: DecisionProps) {
  const { backend, session } = acting;
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure>();
  if (report.state === 'healthy' || report.state === 'failed')
    return (
      <p class="decision">
        <button type="button" onClick={() => acting.plan('undo_action', { ...plan })}>
          Plan to undo it
        </button>
      </p>
    );
  if (report.state !== 'planned') return null;
  const { approve, decline } = backend;
  const run = async (work: Promise<Answer<object> | undefined>) => {
    setBusy(true);
    const answer = await work;
    setBusy(false);
    if (answer?.success === false) setFailure(answer);
    else if (answer !== undefined) onDone();
  };
  if (approve === undefined || decline === undefined || session.sign_in !== 'possible')
    return <Elsewhere plan={plan} report={report} session={session} />;
  return (
    <section class="decision" aria-label="Your decision">
      <p class="prose">
        Approving takes you to sign in once more: only you can approve, not this page. The plan is good until{' '}
        <Time at={report.expires_at} /> UTC.
      </p>
      <button type="button" class="main" disabled={busy} onClick={() => void run(approve(plan))}>
        Approve by signing in…
      </button>
      <button type="button" disabled={busy} onClick={() => void run(decline(plan))}>
        Decline
      </button>
      {failure && <Problem failure={failure} />}
    </section>
  );
}

function Elsewhere({ plan, report, session }: Pick<DecisionProps, 'plan' | 'report'> & { readonly session: Session }) {
  const words = ['kubemend heal approve', plan.action_id, ...(plan.namespace ? ['-n', plan.namespace] : [])];
  return (
    <section class="decision" aria-label="How to approve">
      {session.sign_in === 'unneeded' ? (
        <p class="prose">
          Nobody signs in here, so nobody can approve here. Do it at a terminal, until <Time at={report.expires_at} />{' '}
          UTC: <code class="command">{words.join(' ')}</code>
        </p>
      ) : (
        <p class="prose">People cannot sign in here: whoever planned it approves it in their MCP client.</p>
      )}
    </section>
  );
}
