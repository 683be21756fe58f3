import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import type { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto';
import type { PushMetricExporter } from '@opentelemetry/sdk-metrics';
import type { SpanExporter } from '@opentelemetry/sdk-trace';
import type { Logger } from '../logging.ts';

type Done = (result: ExportResult) => void;

/** Says once that a collector takes nothing, and once that it does again: exports are many, and nobody waits for them. */
function tellingOnce(signal: string, log: Pick<Logger, 'info' | 'warn'>): (done: Done) => Done {
  let failing = false;
  return (done) => (result) => {
    const fails = result.code !== ExportResultCode.SUCCESS;
    if (fails && !failing)
      log.warn({ signal, problem: result.error?.message }, 'the collector does not take what is exported');
    if (!fails && failing) log.info({ signal }, 'the collector takes what is exported again');
    failing = fails;
    done(result);
  };
}

export function spansToldOnce(exporter: SpanExporter, log: Pick<Logger, 'info' | 'warn'>): SpanExporter {
  const tell = tellingOnce('traces', log);
  return {
    export: (spans, done) => exporter.export(spans, tell(done)),
    shutdown: () => exporter.shutdown(),
    forceFlush: async () => exporter.forceFlush?.(),
  };
}

export function metricsToldOnce(exporter: OTLPMetricExporter, log: Pick<Logger, 'info' | 'warn'>): PushMetricExporter {
  const tell = tellingOnce('metrics', log);
  return {
    export: (metrics, done) => exporter.export(metrics, tell(done)),
    shutdown: () => exporter.shutdown(),
    forceFlush: () => exporter.forceFlush(),
    selectAggregationTemporality: (type) => exporter.selectAggregationTemporality(type),
  };
}
