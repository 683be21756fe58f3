import * as z from 'zod';

/** The write tools, as a policy names them. */
export const healingActions = [
  'restart_workload',
  'scale_workload',
  'rollback_workload',
  'resize_workload',
  'set_image',
  'evict_pod',
  'cordon_node',
  'drain_node',
  'undo_action',
] as const;

/** advice: only a plan is made; approve: a person is asked; unattended: `kubemend heal --watch` may act alone. */
export const tiers = ['advice', 'approve', 'unattended'] as const;
export type Tier = (typeof tiers)[number];

const days = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const;
/** A name, or a part of one and `*`. */
const pattern = z.string().regex(/^[a-z0-9*]([-a-z0-9*]{0,61}[a-z0-9*])?$/, 'is no namespace and no pattern of one');
const labels = z.record(z.string().min(1).max(317), z.string().max(63));
const minutes = z.int().min(0).max(10_080);
const count = z.int().min(0).max(1000);
const actions = z.array(z.enum(healingActions)).min(1);

const rule = z.strictObject({
  /** Absent: in every namespace that is allowed; node actions match rules without namespaces only. */
  namespaces: z.array(pattern).min(1).optional(),
  /** Absent: every action. */
  actions: actions.optional(),
  /** Labels that the target has to have. */
  labels: labels.optional(),
  tier: z.enum(tiers),
});

const window = z.strictObject({
  days: z
    .array(z.enum(days))
    .min(1)
    .default([...days]),
  /** `HH:MM`; `to` before `from` means the next day. */
  from: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'is no time of day: write HH:MM'),
  to: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'is no time of day: write HH:MM'),
  time_zone: z.string().default('UTC'),
});

/** What may be healed, where, by whom: the file that `KUBEMEND_POLICY` names. Every field has a safe default. */
export const policySchema = z.strictObject({
  version: z.literal(1).default(1),
  /** Kill switch: true refuses every action. */
  paused: z.boolean().default(false),
  namespaces: z
    .strictObject({ allow: z.array(pattern).default(['*']), deny: z.array(pattern).default([]) })
    .prefault({}),
  /** The first that matches decides; without any, `default_tier` does. */
  rules: z.array(rule).max(200).default([]),
  default_tier: z.enum(['advice', 'approve']).default('approve'),
  /** Objects with one of these labels are never touched. */
  protected_labels: labels.default({ 'kubemend.dev/protected': 'true' }),
  caps: z
    .strictObject({
      per_workload_hour: count.default(2),
      per_workload_day: count.default(4),
      per_namespace_hour: count.default(3),
      per_cluster_hour: count.default(10),
      resizes_per_workload_day: count.default(2),
      nodes_cordoned: count.default(1),
      max_replicas: z.int().min(1).max(10_000).default(100),
      max_memory: z.string().default('64Gi'),
      max_cpu: z.string().default('32'),
    })
    .prefault({}),
  cooldown: z
    .strictObject({ after_success_minutes: minutes.default(15), after_failure_minutes: minutes.default(60) })
    .prefault({}),
  /** When actions may be applied; none: always. */
  windows: z.array(window).max(50).default([]),
});

export type HealingPolicy = z.output<typeof policySchema>;
export type PolicyRule = z.output<typeof rule>;

/** What holds without a policy file. */
export const defaultPolicy: HealingPolicy = policySchema.parse({});
