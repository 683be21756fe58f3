import type { Cause, Explanation } from '../../src/engines/diagnosis/explanation.ts';

const api = { kind: 'Deployment', namespace: 'shop', name: 'api' };
const pod = { kind: 'Pod', namespace: 'shop', name: 'api-7d9f-x2x' };
const configMap = { kind: 'ConfigMap', namespace: 'shop', name: 'api-config' };

/** The cause that docs and tests show: a key that was renamed. */
export const aCause = (fields: Partial<Cause> = {}): Cause => ({
  id: 'config-key-missing:Deployment/shop/api#api',
  rule: 'config-key-missing',
  title: 'A key is missing',
  severity: 'high',
  confidence: 0.95,
  band: 'confirmed',
  object: api,
  summary: 'Deployment/api cannot start: ConfigMap/api-config has no key DATABASE_URL (it has DATABASE_URI)',
  chain: [
    { object: api, rule: 'config-key-missing', message: '3 of 3 pods in CreateContainerConfigError for 8 min' },
    { object: { ...api, kind: 'Service' }, rule: 'svc-no-ready-endpoints', message: 'has no endpoint' },
    { object: { ...api, kind: 'Ingress', name: 'shop' }, message: 'answers 503' },
  ],
  evidence: [{ object: pod, source: 'status', text: "couldn't find key DATABASE_URL in ConfigMap shop/api-config" }],
  affected: { pods: 3, services: ['Service/api'], routes: ['Ingress/shop /'], since: '2026-11-23T11:52:00Z' },
  changes: [{ object: configMap, at: '2026-11-23T12:03:00Z', by: 'kubectl-edit', what: '-DATABASE_URL +DATABASE_URI' }],
  fixes: [
    { advice: 'restore the key', reason: '' },
    {
      tool: 'rollback_workload',
      arguments: { namespace: 'shop', kind: 'Deployment', name: 'api' },
      reason: 'revision 4 was healthy',
    },
  ],
  avoid: ['restarting: the key is still missing'],
  missing_evidence: [],
  ...fields,
});

/** An explanation of namespace `shop`; healthy unless it has causes. */
export const anExplanation = (fields: Partial<Explanation> = {}): Explanation => ({
  scope: { cluster: 'prod', namespace: 'shop' },
  verdict: (fields.causes ?? []).length > 0 ? 'unhealthy' : 'healthy',
  causes: [],
  risks: [],
  blind_spots: [],
  checked: { objects: 212, namespaces: 1, rules: 96, pods: 14, pods_not_ready: 0 },
  snapshot: {
    source: 'live',
    taken_at: '2026-11-23T12:11:00Z',
    complete: true,
    requests: 17,
    bytes: 80_000,
    duration_ms: 203,
  },
  ...fields,
});

/** The same cause on another Deployment. */
export const aCauseOf = (name: string, fields: Partial<Cause> = {}): Cause =>
  aCause({ id: `config-key-missing:Deployment/shop/${name}`, object: { ...api, name }, ...fields });
