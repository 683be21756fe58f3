import { describe, expect, it } from 'vitest';
import { ruleGroups } from '../../../k8s/monitoring/alerts.ts';
import { sections } from '../../../k8s/monitoring/panels.ts';
import { processMetrics } from '../../../k8s/monitoring/series.ts';
import { metricCatalogue } from '../../../src/platform/metric-catalogue.ts';
import { createPrometheusMetrics } from '../../../src/platform/prometheus.ts';
import { unknownNames } from '../../support/promql.ts';

const asked = sections.flatMap(({ panels }) => panels.flatMap(({ queries }) => queries.map(({ expr }) => expr)));
const judged = ruleGroups.flatMap(({ rules }) => rules.map(({ expr }) => expr));

describe('what is asked of Prometheus', () => {
  it.each([
    ['the dashboard', asked],
    ['the rules', judged],
  ])('is, by %s, what the service counts, Prometheus records or tells itself', (_what, queries) => {
    expect(queries.flatMap(unknownNames)).toEqual([]);
  });

  it('is of the process what every service tells of it', async () => {
    const { text } = await createPrometheusMetrics({ version: '1', nodeVersion: 'v24', tools: [] }).expose();

    expect(processMetrics.filter((name) => !text.includes(`# TYPE ${name.replace(/_sum$/, '')} `))).toEqual([]);
  });

  it('leaves no metric of the catalogue out of the dashboard', () => {
    const unseen = Object.keys(metricCatalogue).filter((name) => !asked.some((query) => query.includes(name)));

    expect(unseen).toEqual([]);
  });
});
