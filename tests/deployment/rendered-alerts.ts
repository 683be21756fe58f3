import { readFile } from 'node:fs/promises';

/** The rules as the chart brings them to Prometheus. */
export const renderedAlerts = (): Promise<string> => readFile('k8s/helm/kubemend/files/alerts.yaml', 'utf8');
