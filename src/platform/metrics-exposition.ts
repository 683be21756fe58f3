import { type OpenMetricsContentType, type PrometheusContentType, Registry } from 'prom-client';

/** Metrics as a scrape takes them. */
export interface Exposition {
  readonly contentType: string;
  readonly text: string;
}

/**
 * The metrics of a registry: as OpenMetrics, with exemplars, for those who ask for it by `Accept`, else in the format of
 * Prometheus. Each scrape gets a registry of its own, over metrics that share the counts and nothing else: the library
 * takes the ending `_total` off a counter for good when it writes OpenMetrics, and looks at the content type again while it
 * writes (prom-client 15.1).
 */
export async function exposed(kept: Pick<Registry, 'getMetricsAsArray'>, accept = ''): Promise<Exposition> {
  const shown = new Registry<OpenMetricsContentType | PrometheusContentType>();
  if (accept.includes('application/openmetrics-text')) shown.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  for (const metric of kept.getMetricsAsArray()) shown.registerMetric(Object.create(metric));
  return { contentType: shown.contentType, text: await shown.metrics() };
}
