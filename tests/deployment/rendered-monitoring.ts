import { stringify } from 'yaml';
import { only, rendered } from './tools.ts';

const manifests = rendered({ monitoring: { enabled: true } });

/** The rules as the chart brings them to Prometheus. */
export const renderedAlerts = stringify(only(manifests, 'PrometheusRule')['spec']);

/** The dashboard as the chart brings it to Grafana. */
export const renderedDashboard = String(
  Object.values(only(manifests, 'ConfigMap', 'kubemend-dashboard')['data'] ?? {})[0],
);
