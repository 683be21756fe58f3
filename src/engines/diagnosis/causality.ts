import type { Area, Rule } from './rule.ts';

/** Rules by id, or whole areas, that may explain an effect. */
interface Causes {
  readonly areas?: readonly Area[];
  /** Areas that may explain it only from another workload: one behind a Service that it needs. */
  readonly elsewhere?: readonly Area[];
  readonly rules?: readonly string[];
}

const podStart: Causes = { areas: ['pod', 'workload', 'namespace', 'volume', 'node'] };
/** A configuration that was changed, or a permission that is missing, explains what programs then say. */
const configuration = [
  'config-stale-in-pod',
  'config-change-correlated',
  'rbac-forbidden-workload',
  'dns-coredns-config',
];
/** What a node does to pods that would run well elsewhere. */
const nodeFaults = [
  'node-not-ready-silent',
  'node-not-ready-runtime',
  'node-network-agent-down',
  'node-problem-detected',
  'node-rebooted',
  'shared-cause-node',
];
const dependency: Causes = {
  areas: ['service'],
  elsewhere: ['pod', 'workload', 'namespace', 'volume'],
  rules: [...nodeFaults, 'crash-regression-after-rollout', 'volume-full', ...configuration],
};
/** What only the log of a program tells: why it dies, or why it answers that it is not ready. */
const logRules: readonly string[] = [
  'log-auth-failed',
  'log-config-parse',
  'log-migration-failed',
  'log-resource-exhausted',
  'log-runtime-memory',
  'log-server-refuses',
  'log-tls-error',
];
/** What a program that starts may die of: what it needs, or what it finds in the place of its files. */
const failure: Causes = { ...dependency, rules: [...(dependency.rules ?? []), 'container-mount-conflict'] };
const regression: Causes = {
  rules: ['crash-regression-after-rollout', ...nodeFaults, ...configuration],
};

/**
 * What may explain what; anything else is not an explanation, however near in the graph or in time. An effect that is
 * not listed explains itself.
 */
const mayExplain: Readonly<Record<string, Causes>> = {
  'svc-no-ready-endpoints': { ...podStart, rules: ['dns-pod-name-missing'] },
  'dns-coredns-down': { ...podStart, rules: ['dns-coredns-config'] },
  'deploy-progress-deadline': podStart,
  'sts-ordinal-blocked': { ...podStart, rules: ['dns-pod-name-missing'] },
  'deploy-strategy-outage': podStart,
  'ds-coverage': podStart,
  'cronjob-unhealthy': podStart,
  'gitops-or-helm-stuck': podStart,
  'hpa-metrics-unavailable': { ...podStart, rules: ['apiservice-unavailable'] },
  'apiservice-unavailable': dependency,
  'ingress-tls-invalid': { rules: ['certificate-expiring'] },
  'namespace-terminating': { rules: ['apiservice-unavailable'] },
  'pod-unschedulable-hostport': { rules: ['deploy-surge-deadlock'] },
  'pod-unschedulable-spread': { rules: ['deploy-surge-deadlock'] },
  'pod-unschedulable-capacity': { rules: ['deploy-surge-deadlock', 'pod-preempted'] },
  'deploy-create-failed': {
    areas: ['namespace'],
    rules: ['reference-object-missing', 'pod-stuck-terminating-finalizer'],
  },
  'pod-not-ready-unexplained': {
    areas: ['namespace', 'volume', 'node', 'service'],
    rules: ['crash-regression-after-rollout', ...configuration],
  },
  'config-object-missing': { elsewhere: ['pod', 'workload', 'namespace', 'volume'] },
  'pod-unschedulable-taint': { areas: ['node', 'volume'] },
  'pod-unschedulable-node-affinity': { areas: ['volume'] },
  'pod-unschedulable-volume-topology': { areas: ['node'] },
  'pvc-wait-first-consumer': { areas: ['pod', 'volume', 'node', 'namespace'] },
  'pvc-no-default-class': { rules: ['pv-released-retained'] },
  'volume-held-elsewhere': { areas: ['node'], rules: ['deploy-surge-deadlock'] },
  'node-network-agent-down': { areas: ['pod', 'workload'] },
  'image-registry-dns': { rules: ['shared-cause-node'] },
  'image-registry-tls': { rules: ['shared-cause-node'] },
  'image-registry-unreachable': { rules: ['shared-cause-node'] },
  'pod-evicted-node-pressure': { areas: ['node'] },
  'pod-kubelet-rejected': { areas: ['node'] },
  'pod-sandbox-cni-failed': { areas: ['node'] },
  'pod-stuck-terminating-node-down': { areas: ['node'] },
  'webhook-unavailable': dependency,
  // A policy stands in the way of every revision; a wrong name came with one.
  'crash-regression-after-rollout': { rules: ['netpol-blocks-flow', 'netpol-blocks-dns'] },
  'service-reference-missing': { rules: ['crash-regression-after-rollout'] },
  'svc-port-not-offered': { rules: ['crash-regression-after-rollout', 'svc-protocol-mismatch'] },
  // Members that wait for each other show it in many ways; only another workload is a reason.
  'dns-pod-name-missing': {
    elsewhere: ['pod', 'workload', 'volume', 'namespace'],
    rules: ['crash-regression-after-rollout'],
  },
  'dns-host-alias': { rules: ['crash-regression-after-rollout'] },
  'crash-dependency-down': dependency,
  'crash-app-error': failure,
  'init-container-crash': failure,
  'log-auth-failed': failure,
  'log-config-parse': failure,
  'log-migration-failed': failure,
  'log-resource-exhausted': { ...failure, areas: [...(failure.areas ?? []), 'volume'] },
  'log-runtime-memory': regression,
  'log-server-refuses': { ...failure, areas: [...(failure.areas ?? []), 'volume'] },
  'log-tls-error': failure,
  'log-upstream-failing': dependency,
  'log-keeps-failing': failure,
  'init-container-hanging': dependency,
  'probe-readiness-5xx': { ...dependency, rules: [...(dependency.rules ?? []), ...logRules] },
  'probe-timeout': { ...dependency, rules: [...(dependency.rules ?? []), 'cpu-throttled'] },
  'cpu-throttled': regression,
  'probe-misconfigured': regression,
  'probe-connection-refused': dependency,
  'crash-exits-zero': regression,
  'crash-filesystem-permission': regression,
  'port-bind-conflict': regression,
  'exit-137-sigkill': {
    rules: [...(regression.rules ?? []), 'liveness-kills-healthy-app', 'startup-probe-too-short', 'oom-node-level'],
  },
  'exit-139-134': regression,
  'exit-143-sigterm': { rules: [...(regression.rules ?? []), 'liveness-kills-healthy-app', 'startup-probe-too-short'] },
  'oom-container-limit': regression,
  'liveness-kills-healthy-app': { ...dependency, rules: [...(dependency.rules ?? []), 'cpu-throttled'] },
  'startup-probe-too-short': { ...dependency, rules: [...(dependency.rules ?? []), 'cpu-throttled'] },
};

/** Causes for which the pods still run what was already corrected: whatever they show of themselves is an effect. */
const replacedTemplates: ReadonlySet<string> = new Set(['sts-rollback-trap', 'rollout-held']);
/** Except what lies outside of the template. */
const outside: ReadonlySet<string> = new Set(['crash-dependency-down', 'init-container-hanging']);
/** Findings that only ever are effects: in a list of areas they would explain what explains them. */
const neverCauses: ReadonlySet<string> = new Set(['pvc-wait-first-consumer']);

/** Whether a finding of `cause` may explain a finding of `effect`, in the same workload or from another one. */
export function permits(effect: Rule, cause: Rule, sameWorkload: boolean): boolean {
  if (neverCauses.has(cause.id)) return false;
  const { areas = [], elsewhere = [], rules = [] } = mayExplain[effect.id] ?? {};
  if (!sameWorkload && elsewhere.includes(cause.area)) return true;
  if (sameWorkload && replacedTemplates.has(cause.id) && effect.area === 'pod') return !outside.has(effect.id);
  return effect.id !== cause.id && (areas.includes(cause.area) || rules.includes(cause.id));
}

/** Effects that are looked for behind hosts named in the environment too, because their own evidence names none. */
export const followsEnvironment: ReadonlySet<string> = new Set([
  'probe-readiness-5xx',
  'init-container-hanging',
  'pod-not-ready-unexplained',
  'crash-regression-after-rollout',
]);

/** Everything that the table names; a test compares it with the catalogue. */
export const namedRules: readonly string[] = [
  ...Object.keys(mayExplain),
  ...Object.values(mayExplain).flatMap(({ rules = [] }) => rules),
  ...replacedTemplates,
  ...outside,
];
