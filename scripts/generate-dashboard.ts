/** The dashboard for Grafana, derived from k8s/monitoring/panels.ts. */
import {
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  VizLegendOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import {
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  RowBuilder,
  type Threshold,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  VariableRefresh,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as NumberBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as LinesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { type Panel, type Query, sections } from '../k8s/monitoring/panels.ts';
import { seriesWhere } from '../k8s/monitoring/series.ts';

/** As Grafana's sidecar, or an import by hand, takes it. */
export const dashboardFile = (): string => `${JSON.stringify(dashboard(), null, 2)}\n`;

const source = { type: 'prometheus', uid: '$datasource' };
/** Grafana's grid: columns, and three lines of panels side by side. */
const columns = 24;
const size = { lines: { width: columns / 3, height: 8 }, number: { height: 4 } };

function dashboard(): Dashboard {
  const namespaces = `label_values(${seriesWhere().of('mcp_server_info')}, namespace)`;
  const jobs = `label_values(${seriesWhere('namespace=~"$namespace"').of('mcp_server_info')}, job)`;
  const builder = new DashboardBuilder('kubemend')
    .uid('kubemend')
    .description('Whether the kubemend service keeps its promise, and what keeps it from that.')
    .tags(['kubemend', 'kubernetes', 'mcp'])
    .tooltip(DashboardCursorSync.Crosshair)
    .time({ from: 'now-6h', to: 'now' })
    .refresh('1m')
    .timezone('browser')
    .withVariable(new DatasourceVariableBuilder('datasource').label('Source').type('prometheus'))
    .withVariable(choice('namespace', 'Namespace', namespaces))
    .withVariable(choice('job', 'Job', jobs));
  for (const { title, numbers = false, panels } of sections) {
    builder.withRow(new RowBuilder(title));
    for (const panel of panels) builder.withPanel(numbers ? aNumber(panel, columns / panels.length) : lines(panel));
  }
  const built = builder.build();
  return { ...built, panels: built.panels?.map((panel, index) => ({ ...panel, id: index + 1 })) ?? [] };
}

/** Some or all of what there is; all, too, where a label is missing. */
const choice = (name: string, label: string, query: string): QueryVariableBuilder =>
  new QueryVariableBuilder(name)
    .label(label)
    .datasource(source)
    .query(query)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .multi(true)
    .includeAll(true)
    .allValue('.*')
    .current({ text: 'All', value: '$__all' });

function aNumber({ title, description = '', unit, limit, queries }: Panel, width: number): NumberBuilder {
  const panel = new NumberBuilder()
    .title(title)
    .description(description)
    .datasource(source)
    .unit(unit)
    .span(Math.floor(width))
    .height(size.number.height)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']));
  panel.thresholds(new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(stepsOf(limit)));
  for (const [index, query] of queries.entries()) panel.withTarget(asked(query, index).instant());
  return panel;
}

function lines({ title, description = '', unit, queries }: Panel): LinesBuilder {
  const panel = new LinesBuilder()
    .title(title)
    .description(description)
    .datasource(source)
    .unit(unit)
    .min(0)
    .span(size.lines.width)
    .height(size.lines.height)
    .legend(
      new VizLegendOptionsBuilder()
        .showLegend(true)
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom),
    );
  for (const [index, query] of queries.entries()) panel.withTarget(asked(query, index).range());
  return panel;
}

function stepsOf(limit: Panel['limit']): Threshold[] {
  if (limit === undefined) return [{ color: 'text', value: null }];
  const [below, above] = limit.above === 'good' ? ['red', 'green'] : ['green', 'red'];
  return [
    { color: below, value: null },
    { color: above, value: limit.at },
  ];
}

const asked = ({ expr, legend, exemplars = false }: Query, index: number): DataqueryBuilder =>
  new DataqueryBuilder()
    .refId(String.fromCodePoint(65 + index))
    .datasource(source)
    .expr(expr)
    .legendFormat(legend)
    .exemplar(exemplars);
