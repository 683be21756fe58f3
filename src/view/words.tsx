import type { ComponentChildren } from 'preact';
import type { DiagnosedCause } from '../tools/report/diagnosis.ts';
import type { Failure } from './backend.ts';

interface Ref {
  readonly kind: string;
  readonly namespace?: string | undefined;
  readonly name: string;
}

/** `Deployment/api`, and its namespace where that is not the one that is looked at. */
export function ObjectName({ object, home }: { readonly object: Ref; readonly home?: string | undefined }) {
  const { kind, namespace, name } = object;
  return (
    <span class="object">
      {kind}/<b>{name}</b>
      {namespace !== undefined && namespace !== home && <span class="dim"> in {namespace}</span>}
    </span>
  );
}

/** The time of day in UTC, as logs have it; with its date when that is not today's. */
export function Time({ at }: { readonly at: string }) {
  if (Number.isNaN(Date.parse(at))) return <span>{at}</span>;
  const iso = new Date(at).toISOString();
  const today = new Date().toISOString().slice(0, 10) === iso.slice(0, 10);
  return (
    <time dateTime={iso} title={iso}>
      {today ? '' : `${iso.slice(5, 10)} `}
      {iso.slice(11, 19)}
    </time>
  );
}

export const marks = {
  critical: { path: 'M5.2 1h5.6L15 5.2v5.6L10.8 15H5.2L1 10.8V5.2z', sign: '!' },
  high: { path: 'M8 1l7.4 13.5H.6z', sign: '!' },
  medium: { path: 'M8 .8L15.2 8 8 15.2.8 8z', sign: '' },
  low: { path: 'M8 2.2a5.8 5.8 0 1 1 0 11.6A5.8 5.8 0 1 1 8 2.2z', sign: '' },
  info: { path: 'M2 2h12v12H2z', sign: 'i' },
  healthy: { path: 'M8 .8a7.2 7.2 0 1 1 0 14.4A7.2 7.2 0 1 1 8 .8z', sign: '✓' },
  unknown: { path: 'M8 .8a7.2 7.2 0 1 1 0 14.4A7.2 7.2 0 1 1 8 .8z', sign: '?' },
} as const;
export type Mark = keyof typeof marks;

/** A shape that says how bad it is without its colour; what it means stands beside it in words. */
export function Sign({ mark }: { readonly mark: Mark }) {
  const { path, sign } = marks[mark];
  return (
    <svg class={`sign ${mark}`} viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      <path d={path} />
      <text x="8" y={mark === 'high' ? 12.6 : 11.8}>
        {sign}
      </text>
    </svg>
  );
}

/** How bad something is, as a shape and in a word. */
export const Severity = ({ severity }: { readonly severity: DiagnosedCause['severity'] }) => (
  <span class={`severity ${severity}`}>
    <Sign mark={severity} /> {severity}
  </span>
);

/** What went wrong, and what to do next. */
export function Problem({ failure, titled: Heading = 'h2' }: ProblemProps) {
  const { error, error_type: type, hint, details } = failure;
  const permission = details['required_permission'];
  return (
    <section class="problem" role="alert">
      <Heading tabIndex={-1}>
        <Sign mark="unknown" /> {titles[type] ?? 'That did not work'}
      </Heading>
      <p class="prose">{error}</p>
      {typeof permission === 'string' && (
        <p>
          It takes the permission <code>{permission}</code>.
        </p>
      )}
      {hint !== undefined && <p class="prose dim">{hint}</p>}
    </section>
  );
}

interface ProblemProps {
  readonly failure: Failure;
  /** `h1` where there is nothing else on the page. */
  readonly titled?: 'h1' | 'h2';
}

const titles: Partial<Record<Failure['error_type'], string>> = {
  not_found: 'Not found',
  permission_denied: 'Not permitted',
  refused: 'Refused',
  rate_limited: 'Too many calls',
  timeout: 'That took too long',
  unavailable: 'No answer',
  conflict: 'It has changed meanwhile',
  validation_error: 'That cannot be asked',
};

/** `1 pod`, `3 pods`. */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** A heading with what belongs to it; nothing where there is nothing. */
export function Part({ title, children, when }: PartProps) {
  if (!when) return null;
  return (
    <section class="part">
      <h3>{title}</h3>
      {children}
    </section>
  );
}
interface PartProps {
  readonly title: string;
  readonly when: boolean;
  readonly children: ComponentChildren;
}
