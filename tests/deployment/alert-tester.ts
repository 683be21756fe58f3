import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { alerts } from '../../k8s/monitoring/alerts.ts';
import { type Alert, runbookUrl } from '../../k8s/monitoring/rule.ts';
import { promtool } from './promtool.ts';
import { renderedAlerts } from './rendered-monitoring.ts';

/** What Prometheus scrapes, a value a minute, in the notation of promtool: `{ 'up{job="kubemend"}': '1x10 0x20' }`. */
type Samples = Readonly<Record<string, string>>;

interface Firing {
  readonly samples: Samples;
  /** The minute in which it is looked at; the condition has held for long enough by then. */
  readonly minute: number;
  /** Labels, besides those that the rule gives, and the line that people are told. */
  readonly as: readonly { readonly labels: Readonly<Record<string, string>>; readonly summary: string }[];
}

interface Silent {
  readonly samples: Samples;
  /** All the time between these minutes. */
  readonly from?: number;
  readonly to: number;
}

interface Cases {
  readonly fires: Readonly<Record<string, Firing>>;
  readonly silent: Readonly<Record<string, Silent>>;
}

/** Tests one alert with `promtool test rules`, on the rules as the chart renders them. */
export function testAlert(name: string, { fires, silent }: Cases): void {
  describe(name, () => {
    it.each(Object.entries(fires))('fires when %s', async (_when, { samples, minute, as }) => {
      const alerts = as.map((each) => expected(name, each));

      expect(await checked(samples, [{ eval_time: `${minute}m`, alertname: name, exp_alerts: alerts }])).toContain(
        'SUCCESS',
      );
    });
    it.each(Object.entries(silent))('is silent when %s', async (_when, { samples, from = 0, to }) => {
      const moments = momentsOf(from, to);
      const checks = moments.map((minute) => ({ eval_time: `${minute}m`, alertname: name, exp_alerts: [] }));

      expect(await checked(samples, checks)).toContain('SUCCESS');
    });
  });
}

/** A hundred at most, and the last. */
function momentsOf(from: number, to: number): readonly number[] {
  const step = Math.ceil((to - from) / 100);
  return Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, index) => to - index * step);
}

/** The labels of a target. */
export const replica = (instance: string) => ({
  namespace: 'tools',
  job: 'kubemend',
  instance,
  pod: `kubemend-${instance}`,
});

/** A series of a target, as promtool names it. */
export function seriesOf(name: string, labels: Readonly<Record<string, string>>): string {
  return `${name}{${Object.entries(labels)
    .map(([label, value]) => `${label}="${value}"`)
    .join(',')}}`;
}

function checked(samples: Samples, checks: readonly object[]): Promise<string> {
  const test = {
    interval: '1m',
    input_series: Object.entries(samples).map(([series, values]) => ({ series, values })),
    alert_rule_test: checks,
  };
  return promtool(['test', 'rules', 'test.yaml'], {
    'rules.yaml': renderedAlerts,
    'test.yaml': stringify({ rule_files: ['rules.yaml'], evaluation_interval: '1m', tests: [test] }),
  });
}

function expected(name: string, { labels, summary }: Firing['as'][number]) {
  const { severity, labels: own, description } = ruleOf(name, labels['window']);
  return {
    exp_labels: { severity, service: 'kubemend', ...own, ...labels },
    exp_annotations: { summary, description, runbook_url: runbookUrl(name) },
  };
}

function ruleOf(name: string, window: string | undefined): Alert {
  const found = alerts.find(({ alert, labels }) => alert === name && labels?.['window'] === window);
  if (found === undefined) throw new Error(`there is no alert ${name}`);
  return found;
}
