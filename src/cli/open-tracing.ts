import { AppError } from '../platform/errors.ts';
import type { Logger } from '../platform/logging.ts';
import { noTracing, type Tracing } from '../platform/tracing.ts';

export interface TracingNeeds {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly version: string;
  readonly log: Pick<Logger, 'info' | 'warn'>;
}

const endpoints = [
  'OTEL_EXPORTER_OTLP_ENDPOINT',
  'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
  'OTEL_EXPORTER_OTLP_METRICS_ENDPOINT',
] as const;

/**
 * Where spans go. Loads what sends them only where the environment names a collector: nobody else shall wait for it.
 * @throws AppError `validation_error` for an endpoint that is no URL: the SDK would go on with one that nobody named.
 */
export async function openTracing({ environment, ...needs }: TracingNeeds): Promise<Tracing> {
  const named = endpoints.filter((name) => (environment[name] ?? '').trim() !== '');
  if (named.length === 0) return noTracing;
  const bad = named.filter((name) => !/^https?:\/\/[^/]/.test(environment[name]?.trim() ?? ''));
  if (bad.length > 0) {
    throw new AppError('validation_error', `${bad.join(', ')}: must be a URL such as http://127.0.0.1:4318.`, {
      hint: 'Spans and times are sent there by OTLP over HTTP.',
    });
  }
  const { createOpenTelemetry } = await import('../platform/telemetry/open-telemetry.ts');
  return createOpenTelemetry(needs);
}
