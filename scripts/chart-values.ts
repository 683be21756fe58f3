/** What the chart's values may be: k8s/helm/kubemend/values.schema.json is made from it. */
import * as z from 'zod';
import { policySchema } from '../src/platform/healing-policy.ts';
import { logFormats } from '../src/platform/logging.ts';

/** A DNS label, as names of namespaces and most other objects are. */
const dnsLabel = z.string().regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/);
const dnsName = z.string().regex(/^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/);
const hostName = z.string().regex(/^(\*\.)?[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/);
const orEmpty = (schema: z.ZodType) => z.union([schema, z.literal('')]);
const secureUrl = z.string().regex(/^(https:\/\/[^/]|http:\/\/(127\.0\.0\.1|localhost)[:/])/);
const port = z.int().min(1).max(65_535);
const amount = z.union([z.int().min(0), z.string().regex(/^\d+(\.\d+)?(m|k|[KMGT]i?)?$/)]);
const texts = z.record(z.string(), z.string());

/** Settings of the program that a release may choose; the others follow from other values, or are secret. */
export const chartSettings = z.strictObject({
  logLevel: z.enum(['DEBUG', 'INFO', 'WARNING', 'ERROR', 'trace', 'debug', 'info', 'warn', 'error', 'fatal']),
  logFormat: z.enum(logFormats),
  k8sNamespace: dnsLabel,
  k8sInCluster: z.boolean(),
  metricsPort: port,
  metricsPath: z.string().regex(/^\/[\w./-]*$/),
  rateLimitEnabled: z.boolean(),
  rateLimitRequests: z.int().min(1).max(1_000_000),
  rateLimitWindow: z.int().min(1).max(86_400),
  readOnly: z.boolean(),
  auth: z.enum(['none', 'oidc', 'tokenreview']),
  identity: z.enum(['serviceaccount+sar', 'impersonate', 'serviceaccount']),
  oidcIssuers: z.array(secureUrl),
  oidcAudiences: z.array(z.string().min(1)),
  consoleClientId: z.string(),
  publicUrl: orEmpty(z.string().regex(/^https?:\/\/[^/?#@]+$/)),
  allowedHosts: z.array(hostName),
  timeout: z.int().min(1).max(3600).optional(),
  tools: z
    .array(z.string().regex(/^[a-z_]+$/))
    .min(1)
    .optional(),
  k8sCacheTtl: z.int().min(0).max(3600).optional(),
  k8sQps: z.int().min(0).max(100_000).optional(),
  k8sBurst: z.int().min(1).max(100_000).optional(),
  consoleScopes: z.array(z.string().min(1)).min(1).optional(),
  allowSystemNamespaces: z.boolean().optional(),
  drainDelay: z.int().min(0).max(20).optional(),
  oidcUserClaim: z.string().min(1).optional(),
  oidcGroupsClaim: z.string().min(1).optional(),
  oidcPrefix: z.string().min(1).optional(),
  tokenAudience: z.string().min(1).optional(),
  insecureNoAuth: z.boolean().optional(),
});

const selector = z.strictObject({
  matchLabels: texts.optional(),
  matchExpressions: z
    .array(
      z.strictObject({
        key: z.string(),
        operator: z.enum(['In', 'NotIn', 'Exists', 'DoesNotExist']),
        values: z.array(z.string()).optional(),
      }),
    )
    .optional(),
});

const peers = z.array(
  z.strictObject({
    podSelector: selector.optional(),
    namespaceSelector: selector.optional(),
    ipBlock: z.strictObject({ cidr: z.string(), except: z.array(z.string()).optional() }).optional(),
  }),
);

const way = z.strictObject({ to: peers, ports: z.array(port).min(1) });
const amounts = z.strictObject({ memory: amount, cpu: amount });

/** All values. */
export const chartValues = z.strictObject({
  // Given by Helm to a chart that another one depends on.
  global: z.looseObject({}).optional(),
  nameOverride: orEmpty(dnsLabel),
  fullnameOverride: orEmpty(dnsLabel),
  image: z.strictObject({
    repository: z.string().regex(/^[a-z0-9][-a-z0-9._:/]*$/),
    tag: orEmpty(z.string().regex(/^\w[\w.-]{0,127}$/)),
    digest: orEmpty(z.string().regex(/^sha256:[0-9a-f]{64}$/)),
    pullPolicy: z.enum(['Always', 'IfNotPresent', 'Never']),
    pullSecrets: z.array(dnsName),
  }),
  settings: chartSettings,
  heal: z.strictObject({ namespaces: z.array(dnsLabel), nodes: z.boolean(), policy: policySchema }),
  secret: z.strictObject({ name: orEmpty(dnsName) }),
  redis: z.strictObject({ enabled: z.boolean() }),
  otlp: z.strictObject({ endpoint: orEmpty(z.string().regex(/^https?:\/\/[^/]/)) }),
  trust: z.strictObject({ configMap: orEmpty(dnsName) }),
  service: z.strictObject({
    type: z.enum(['ClusterIP', 'NodePort', 'LoadBalancer']),
    port,
    annotations: texts,
  }),
  ingress: z.strictObject({
    enabled: z.boolean(),
    className: z.string(),
    annotations: texts,
    host: orEmpty(hostName),
    tlsSecret: orEmpty(dnsName),
  }),
  httpRoute: z.strictObject({
    enabled: z.boolean(),
    parentRefs: z.array(
      z.strictObject({
        group: z.string().optional(),
        kind: z.string().optional(),
        name: dnsName,
        namespace: dnsLabel.optional(),
        sectionName: dnsName.optional(),
        port: port.optional(),
      }),
    ),
    hostnames: z.array(hostName),
  }),
  replicas: z.int().min(0),
  autoscaling: z.strictObject({
    enabled: z.boolean(),
    minReplicas: z.int().min(1),
    maxReplicas: z.int().min(1),
    targetCPU: z.int().min(1).max(100),
  }),
  podDisruptionBudget: z.strictObject({ enabled: z.boolean() }),
  resources: z.strictObject({ requests: amounts, limits: amounts.partial() }),
  podLabels: texts,
  podAnnotations: texts,
  nodeSelector: texts,
  tolerations: z.array(
    z.strictObject({
      key: z.string().optional(),
      operator: z.enum(['Exists', 'Equal']).optional(),
      value: z.string().optional(),
      effect: z.enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute']).optional(),
      tolerationSeconds: z.int().optional(),
    }),
  ),
  priorityClassName: orEmpty(dnsName),
  serviceAccount: z.strictObject({ name: orEmpty(dnsName), annotations: texts }),
  rbac: z.strictObject({ logs: z.boolean() }),
  admissionPolicy: z.strictObject({ enabled: z.boolean() }),
  networkPolicy: z.strictObject({
    enabled: z.boolean(),
    clients: peers,
    scrapers: peers,
    apiServer: way,
    identityProvider: way,
    redis: way,
    otlp: way,
  }),
  monitoring: z.strictObject({
    enabled: z.boolean(),
    monitor: z.enum(['ServiceMonitor', 'PodMonitor']),
    interval: z.string().regex(/^\d+(s|m)$/),
    labels: texts,
    dashboardLabels: texts,
  }),
});
