import type { ErrorType } from '../../src/platform/errors.ts';
import type { Alert, Recording, RuleGroup, Severity } from './rule.ts';
import { seriesWhere } from './series.ts';

/** Of the calls that were the service's to answer, the share that it answers, over 30 days. */
export const objective = 0.995;
export const objectivePercent = Math.round(objective * 1000) / 10;
const errorBudget = Math.round((1 - objective) * 1e6) / 1e6;

/**
 * Whose failure each type of error is. What the caller got wrong, may not do or has to decide is a good answer of the
 * service. That the API server fails counts: callers cannot go elsewhere, and somebody has to look.
 */
const blame: Readonly<Record<ErrorType, 'caller' | 'service'>> = {
  validation_error: 'caller',
  not_found: 'caller',
  permission_denied: 'caller',
  conflict: 'caller',
  refused: 'caller',
  approval_required: 'caller',
  rate_limited: 'caller',
  // Of a call that its caller gave up, too: few do so before it took too long.
  timeout: 'service',
  api_error: 'service',
  internal_error: 'service',
  unavailable: 'service',
};
/** What counts against the objective. */
export const failures: readonly string[] = Object.entries(blame).flatMap(([type, whose]) =>
  whose === 'service' ? [type] : [],
);

const { of } = seriesWhere();
const perJob = 'sum by (namespace, job)';

/** Calls a second that failed by the service's fault, and those that were its to answer; callers' mistakes are neither. */
export const failedRate = 'namespace_job:mcp_tool_calls_failed:rate5m';
export const judgedRate = 'namespace_job:mcp_tool_calls_judged:rate5m';

const rates: readonly Recording[] = [
  {
    record: failedRate,
    expr: `${perJob} (rate(${of('mcp_tool_errors_total', { error_type: failures })}[5m]))`,
  },
  {
    record: judgedRate,
    expr: `${perJob} (rate(${of('mcp_tool_calls_total', { status: 'success' })}[5m])) + ${failedRate}`,
  },
];

/** The share of calls that failed in a window; no series where there were none. */
const shareIn = (window: string): string => `namespace_job:mcp_tool_calls_failed:ratio${window}`;

// Averages of what is recorded: over days they cost a thousandth of what the raw counters would.
const shareOver = (window: string): Recording => ({
  record: shareIn(window),
  expr:
    window === '5m'
      ? `${failedRate} / (${judgedRate} > 0)`
      : `avg_over_time(${failedRate}[${window}]) / (avg_over_time(${judgedRate}[${window}]) > 0)`,
});

interface BurnRate {
  /** How many times faster than the objective allows for. */
  readonly times: number;
  readonly long: string;
  /** Ends the alert soon after the failures end. */
  readonly short: string;
  readonly for: string;
}

/** "The Site Reliability Workbook", chapter 5: 2 and 5 % of 30 days' budget call somebody, 10 % are a ticket. */
const fast: readonly BurnRate[] = [
  { times: 14.4, long: '1h', short: '5m', for: '2m' },
  { times: 6, long: '6h', short: '30m', for: '5m' },
];
const slow: readonly BurnRate[] = [
  { times: 3, long: '1d', short: '2h', for: '15m' },
  { times: 1, long: '3d', short: '6h', for: '30m' },
];
const windows = [...new Set([...fast, ...slow].flatMap(({ long, short }) => [short, long]))];

/** With little traffic one failure is a large share: this many have to be in the long window. */
const fewestFailures = 5;

const burning =
  (alert: string, severity: Severity, description: string) =>
  ({ times, long, short, for: lasting }: BurnRate): Alert => {
    const limit = Math.round(times * errorBudget * 1e6) / 1e6;
    return {
      alert,
      severity,
      for: lasting,
      labels: { window: long },
      expr: [
        `${shareIn(long)} > ${limit}`,
        `${shareIn(short)} > ${limit}`,
        // A rate a minute; they are extrapolated, so that five failures may come to a little less.
        `sum_over_time(${failedRate}[${long}]) * 60 > ${fewestFailures - 0.5}`,
      ].join('\nand '),
      summary: `kubemend failed {{ $value | humanizePercentage }} of its calls in ${long}; ${objectivePercent} % are to succeed`,
      description,
    };
  };

export const objectiveGroup: RuleGroup = {
  name: 'kubemend-objective',
  interval: '1m',
  rules: [
    ...rates,
    ...windows.map(shareOver),
    ...fast.map(
      burning(
        'ErrorBudgetBurnFast',
        'critical',
        'Callers get failures that are not their own fault. At this rate the failures that a month may have are used up within days.',
      ),
    ),
    ...slow.map(
      burning(
        'ErrorBudgetBurnSlow',
        'warning',
        'Few calls fail, but for so long that the failures that a month may have are used up before it ends.',
      ),
    ),
  ],
};

/** What is left of the failures that 30 days may have, from 1 down; below 0 the objective is missed. */
export const budgetLeft = (where: string): string => {
  const over = (record: string): string => `sum(avg_over_time(${record}{${where}}[30d]))`;
  return `1 - ${over(failedRate)} / (${over(judgedRate)} > 0) / ${errorBudget}`;
};

/** How many times faster than allowed for failures come in a window. */
export const burnRate = (window: string, where: string): string => `${shareIn(window)}{${where}} / ${errorBudget}`;

/** Names of all series that are recorded. */
export const recordings: readonly string[] = objectiveGroup.rules.flatMap((rule) =>
  'record' in rule ? [rule.record] : [],
);
