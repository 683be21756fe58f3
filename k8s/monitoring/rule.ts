/** What an alert asks for: somebody now, or somebody in working hours. */
export const severities = ['critical', 'warning'] as const;
export type Severity = (typeof severities)[number];

/** A condition that a person has to know of; docs/runbooks has a page of its name. */
export interface Alert {
  readonly alert: string;
  readonly expr: string;
  /** How long it has to hold; absent: not at all. */
  readonly for?: string;
  readonly severity: Severity;
  /** Tells rules of one name apart. */
  readonly labels?: Readonly<Record<string, string>>;
  /** One line, with what was measured; a template of Prometheus. */
  readonly summary: string;
  /** What it means for callers. */
  readonly description: string;
}

/** A series that Prometheus works out and keeps. */
export interface Recording {
  readonly record: string;
  readonly expr: string;
}

export interface RuleGroup {
  readonly name: string;
  /** Between evaluations, where it is not to be Prometheus' own. */
  readonly interval?: string;
  readonly rules: readonly (Alert | Recording)[];
}

/** The page that says what to do. */
export const runbookOf = (alert: string): string => `docs/runbooks/${alert}.md`;
export const runbookUrl = (alert: string): string =>
  `https://github.com/kubemend/kubemend/blob/main/${runbookOf(alert)}`;
