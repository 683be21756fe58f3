import { setTimeout as pause } from 'node:timers/promises';
import { DiagLogLevel, diag, type Meter } from '@opentelemetry/api';
import { getBooleanFromEnv, getNumberFromEnv, getStringFromEnv } from '@opentelemetry/core';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import type { Resource } from '@opentelemetry/resources';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import type { Logger } from '../logging.ts';
import type { Tracing } from '../tracing.ts';
import { cleanMeasurements, cleanSpans } from './clean-export.ts';
import { resourceOf } from './resource.ts';
import { samplerFromEnvironment } from './sampler.ts';
import { spansOf } from './spans.ts';
import { metricsToldOnce, spansToldOnce } from './told-once.ts';

export interface OpenTelemetryOptions {
  readonly version: string;
  readonly log: Pick<Logger, 'info' | 'warn'>;
}

/** How long a stop waits for a collector, in ms. */
const flushMs = 2_000;
/** In seconds (OpenTelemetry's conventions for MCP, "mcp.server.operation.duration"). */
const buckets = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300];

/**
 * Sends spans and times over OTLP, in batches and in the background. Where to, how often and how much of it the standard
 * variables say (`OTEL_…`), which the SDK takes from the environment of the process itself. What a collector does not
 * take is dropped.
 */
export const createOpenTelemetry = (options: OpenTelemetryOptions): Tracing =>
  heard(options.log, () => assembled(options));

function assembled(options: OpenTelemetryOptions): Tracing {
  const { version } = options;
  const resource = resourceOf(version);
  const tracers = isWanted('TRACES') ? tracerProvider(resource, options) : undefined;
  const meters = isWanted('METRICS') ? meterProvider(resource, options) : undefined;
  const begin = tracers && spansOf(tracers.getTracer('kubemend', version));
  const durations = meters && durationsOf(meters.getMeter('kubemend', version));
  return {
    begin: (start, caller) => begin?.(start, caller),
    operation: (seconds, attributes) => durations?.record(seconds, attributes),
    async stop() {
      const ended = Promise.allSettled([tracers?.shutdown(), meters?.shutdown()]);
      await Promise.race([ended, pause(flushMs, undefined, { ref: false })]);
    },
  };
}

/** Whether one of the two is to be exported, and there is where to. */
function isWanted(signal: 'TRACES' | 'METRICS'): boolean {
  const exporter = getStringFromEnv(`OTEL_${signal}_EXPORTER`) ?? 'otlp';
  if (exporter !== 'otlp' && exporter !== 'none') diag.warn(`OTEL_${signal}_EXPORTER: there is otlp and none`);
  const [specific, common] = [`OTEL_EXPORTER_OTLP_${signal}_`, 'OTEL_EXPORTER_OTLP_'];
  const protocol = getStringFromEnv(`${specific}PROTOCOL`) ?? getStringFromEnv(`${common}PROTOCOL`);
  if (protocol !== undefined && protocol !== 'http/protobuf')
    diag.warn(`OTEL_EXPORTER_OTLP_PROTOCOL: only http/protobuf is spoken`);
  const endpoint = getStringFromEnv(`${specific}ENDPOINT`) ?? getStringFromEnv(`${common}ENDPOINT`);
  return exporter === 'otlp' && endpoint !== undefined && !getBooleanFromEnv('OTEL_SDK_DISABLED');
}

function tracerProvider(resource: Resource, { log }: OpenTelemetryOptions): TracerProvider {
  const maxQueueSize = numberFrom('OTEL_BSP_MAX_QUEUE_SIZE') ?? 2_048;
  const maxExportBatchSize = Math.min(maxQueueSize, numberFrom('OTEL_BSP_MAX_EXPORT_BATCH_SIZE') ?? 512);
  // At the end all that the queue holds goes out at once, beside what is on its way: else the rest would be dropped.
  const concurrencyLimit = Math.ceil(maxQueueSize / maxExportBatchSize) + 1;
  const exporter = spansToldOnce(new OTLPTraceExporter({ concurrencyLimit }), log);
  const processor = new BatchSpanProcessor({
    exporter: cleanSpans(exporter),
    scheduledDelayMillis: numberFrom('OTEL_BSP_SCHEDULE_DELAY') ?? 5_000,
    maxQueueSize,
    maxExportBatchSize,
  });
  return new TracerProvider({ resource, sampler: samplerFromEnvironment(), spanProcessors: [processor] });
}

function meterProvider(resource: Resource, { log }: OpenTelemetryOptions): MeterProvider {
  const exporter = metricsToldOnce(new OTLPMetricExporter(), log);
  const reader = new PeriodicExportingMetricReader({
    exporter,
    exportIntervalMillis: numberFrom('OTEL_METRIC_EXPORT_INTERVAL') ?? 60_000,
  });
  return new MeterProvider({ resource, readers: [reader], views: [cleanMeasurements] });
}

const durationsOf = (meter: Meter) =>
  meter.createHistogram('mcp.server.operation.duration', {
    description: 'Time of operations of MCP, as the server sees it.',
    unit: 's',
    advice: { explicitBucketBoundaries: buckets },
  });

/** Of a variable that has to be above 0. */
function numberFrom(variable: string): number | undefined {
  const value = getNumberFromEnv(variable);
  return value !== undefined && value > 0 ? value : undefined;
}

/** Logs what the SDK does not understand of the variables while `work` reads them. Later the exporters tell how they fare. */
function heard<T>(log: OpenTelemetryOptions['log'], work: () => T): T {
  const told = (problem: string): void => log.warn({ problem }, 'a variable of OpenTelemetry is not understood');
  const quiet = (): void => {};
  diag.setLogger({ error: told, warn: told, info: quiet, debug: quiet, verbose: quiet }, DiagLogLevel.WARN);
  try {
    return work();
  } finally {
    diag.disable();
  }
}
