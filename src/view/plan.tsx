import type { ActionReport } from '../tools/mend/report.ts';
import { counted, ObjectName, Part, Time } from './words.tsx';

/** Tells what the API server said when the change was tried without effect (docs/guards.md). */
const dryRunGuard = 'G8';

/** A plan, or what became of it: what it changes, whom it touches, who judged it, and each step. */
export function Plan({ report }: { readonly report: ActionReport }) {
  const { finding, changes, guards, steps, evidence, way_back: back, success_is: success } = report;
  const home = report.object.namespace;
  const tried = guards.find(({ guard }) => guard === dryRunGuard);
  return (
    <section class="plan">
      <h2>The plan</h2>
      <Part title="Mends" when={finding !== undefined}>
        <p class="prose">{finding?.summary}</p>
      </Part>
      <Part title="What changes" when={changes.length > 0}>
        <ul class="diff">
          {changes.map(({ object, field, before, after }) => (
            <li>
              <p>
                <ObjectName object={object} home={home} /> <code>{field}</code>
              </p>
              {before !== undefined && (
                <p class="before">
                  <span class="unseen">before: </span>
                  {before}
                </p>
              )}
              {after !== undefined && (
                <p class="after">
                  <span class="unseen">after: </span>
                  {after}
                </p>
              )}
            </li>
          ))}
        </ul>
      </Part>
      <Part title="Dry run" when={tried !== undefined}>
        <p class="prose">{tried?.reason}</p>
      </Part>
      <Part title="Touches" when>
        <p>{touched(report)}</p>
      </Part>
      <Part title="Way back" when>
        <p class="prose">{back}</p>
      </Part>
      <Part title="Done when" when>
        <p class="prose">
          {success}, within {counted(Math.ceil(report.deadline_seconds / 60), 'minute')}
        </p>
      </Part>
      <Part title="Lost by it, hence kept here" when={evidence.length > 0}>
        <ul class="quotes">
          {evidence.map(({ object, status, lines }) => (
            <li>
              <p>
                <ObjectName object={object} home={home} /> {status}
              </p>
              {lines.length > 0 && <blockquote>{lines.join('\n')}</blockquote>}
            </li>
          ))}
        </ul>
      </Part>
      <Part title="Guards" when={guards.length > 0}>
        <details>
          <summary>{judged(guards)}</summary>
          <ul class="plain">
            {guards.map(({ guard, decision, reason }) => (
              <li>
                <b>{guard}</b> {decision}: {reason}
              </li>
            ))}
          </ul>
        </details>
      </Part>
      <Part title="Steps" when>
        <ol class="plain">
          {steps.map(({ at, by, text }) => (
            <li>
              <Time at={at} /> {text} <span class="dim">by {by}</span>
            </li>
          ))}
        </ol>
      </Part>
    </section>
  );
}

function touched({ blast_radius: { pods, ready, services, routes, budgets } }: ActionReport): string {
  const named = [...services, ...routes, ...budgets];
  return `${counted(pods, 'pod')}, ${ready} ready${named.length === 0 ? '' : `; behind them ${named.join(', ')}`}`;
}

function judged(guards: ActionReport['guards']): string {
  const asking = guards.filter(({ decision }) => decision !== 'allow').length;
  return `${counted(guards.length, 'guard')} looked at it; ${asking === 0 ? 'none objects' : `${asking} ${asking === 1 ? 'wants' : 'want'} a person's yes`}`;
}
