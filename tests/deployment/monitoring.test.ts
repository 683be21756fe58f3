import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { alerts } from '../../k8s/monitoring/alerts.ts';
import { amtool, promtool } from './promtool.ts';
import { renderedAlerts, renderedDashboard } from './rendered-monitoring.ts';

describe('the rules, as the chart renders them', () => {
  it('are what was generated, templates for Prometheus included', () => {
    expect(parse(renderedAlerts)).toEqual(parse(readFileSync('k8s/helm/kubemend/files/alerts.yaml', 'utf8')));
  });

  it('pass promtool check rules', async () => {
    const words = ['check', 'rules', '--lint=all', '--lint-fatal', 'rules.yaml'];
    const said = await promtool(words, { 'rules.yaml': renderedAlerts });

    expect(said).toContain('SUCCESS');
  });

  it('hold the two that were promised, in these words', () => {
    const promised = alerts.filter(({ alert }) => ['HighErrorRate', 'HighLatency'].includes(alert));

    expect(promised.map(({ alert, expr, for: held }) => [alert, expr, held])).toEqual([
      ['HighErrorRate', 'rate(mcp_tool_errors_total[5m]) > 0.1', '5m'],
      [
        'HighLatency',
        'histogram_quantile(0.95, sum by (namespace, job, le) (rate(mcp_tool_duration_seconds_bucket[5m]))) > 5',
        '10m',
      ],
    ]);
  });

  it('are each tested for when they fire and when they are silent', () => {
    const tests = readdirSync('tests/deployment/alerts').map((file) =>
      readFileSync(join('tests/deployment/alerts', file), 'utf8'),
    );
    const tested = tests.flatMap((text) => [...text.matchAll(/testAlert\('(\w+)'/g)].map(([, name = '']) => name));

    expect(tested.toSorted()).toEqual([...new Set(alerts.map(({ alert }) => alert))].toSorted());
  });
});

it('the dashboard is what was generated, as the chart renders it', () => {
  expect(renderedDashboard).toBe(readFileSync('k8s/helm/kubemend/files/dashboard.json', 'utf8').trim());
});

describe('the page on monitoring', () => {
  const page = readFileSync('docs/monitoring.md', 'utf8');
  const [, , route = '', patches = ''] = [...page.matchAll(/^```yaml\n([\s\S]*?)\n```$/gm)].map(([, text]) => text);

  it.each([
    ['critical', 'on-call'],
    ['warning', 'tickets'],
  ])('sends what is %s to %s', async (severity, receiver) => {
    const words = ['config', 'routes', 'test', '--config.file=route.yaml', 'service=kubemend', `severity=${severity}`];

    expect((await amtool(words, { 'route.yaml': route })).trim()).toBe(receiver);
    expect(await amtool(['check-config', 'route.yaml'], { 'route.yaml': route })).toContain('SUCCESS');
  });

  it('names alerts that there are', () => {
    const named = [...route.matchAll(/alertname=~"([^"]+)"/g)].flatMap(([, names = '']) => names.split('|'));

    expect(named).not.toEqual([]);
    expect(named.filter((name) => !alerts.some(({ alert }) => alert === name))).toEqual([]);
  });

  it('patches the rule that it says it does', () => {
    const [{ patch }] = (parse(patches) as { patches: readonly [{ patch: string }] }).patches;
    const [{ path, value }] = parse(patch) as readonly [{ path: string; value: string }];
    const [, , , group, , rule] = path.split('/');
    const { groups } = parse(renderedAlerts) as { groups: readonly { rules: readonly { expr: string }[] }[] };

    expect(groups[Number(group)]?.rules[Number(rule)]?.expr).toBe(value.replace('> 1', '> 0.1'));
  });
});
