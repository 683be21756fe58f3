import * as z from 'zod';
import {
  beginning,
  cpuAmount,
  ending,
  labels,
  memoryAmount,
  namespacePattern,
  oneOf,
  timeZone,
} from './policy-values.ts';

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

/** What may be done without asking anybody, where a namespace opts in; everything else needs a person. */
export const unattendedActions = ['restart_workload', 'rollback_workload', 'evict_pod'] as const;

/** advice: only a plan is made; approve: a person is asked; unattended: `kubemend heal --watch` may act alone. */
export const tiers = ['advice', 'approve', 'unattended'] as const;
export type Tier = (typeof tiers)[number];

/** As `Intl` abbreviates them in English. */
export const days = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const;

const minutes = z.int().min(0).max(10_080);
const count = z.int().min(0).max(1000);
/** Fields that there are not change nothing about those that there are: all that is wrong is said at once. */
const evenMisspelt = {
  when: ({ issues }: z.core.ParsePayload): boolean => issues.every(({ code }) => code === 'unrecognized_keys'),
};
const nothingNamed = 'names nothing; leave it out to mean everything';

const rule = z
  .strictObject({
    namespaces: z
      .array(namespacePattern)
      .min(1, nothingNamed)
      .optional()
      .describe(
        'Where the rule holds. Absent: in every namespace that is allowed, and for nodes, which rules with namespaces never match.',
      ),
    actions: z
      .array(oneOf(healingActions))
      .min(1, nothingNamed)
      .optional()
      .describe('Which actions the rule is about. Absent: every action.'),
    labels: labels
      .refine((given) => Object.keys(given).length > 0, nothingNamed)
      .optional()
      .describe('Labels that the target has to have, all of them.'),
    tier: oneOf(tiers).describe(
      'advice: a plan is shown, nothing is done. approve: a person is asked. unattended: may be done without asking; only ' +
        `${unattendedActions.join(', ')}, and only in namespaces that the rule names.`,
    ),
  })
  .superRefine(({ tier, namespaces, actions }, context) => {
    if (tier !== 'unattended') return;
    const allowed = unattendedActions.join(', ');
    const complain = (path: (string | number)[], message: string) =>
      context.addIssue({ code: 'custom', path, message });
    if (namespaces === undefined)
      complain(['namespaces'], 'is missing: a namespace has to opt in to unattended by name');
    if (actions === undefined) complain(['actions'], `is missing: unattended rules name their actions, of ${allowed}`);
    for (const [index, action] of (actions ?? []).entries())
      if (!isUnattended(action)) complain(['actions', index], `always needs a person; unattended may be ${allowed}`);
  }, evenMisspelt);

const isUnattended = (action: string): boolean => unattendedActions.some((allowed) => allowed === action);

const window = z
  .strictObject({
    days: z
      .array(oneOf(days))
      .min(1, nothingNamed)
      .default([...days])
      .describe('Days on which it begins.'),
    from: beginning.describe('When it begins, on the clock of the time zone: `HH:MM`.'),
    to: ending.describe('When it ends: `HH:MM`, up to `24:00`. Earlier than `from` means the next day.'),
    time_zone: timeZone.default('UTC').describe('Name in the IANA database, such as Europe/Berlin.'),
  })
  .refine(({ from, to }) => from !== to, {
    ...evenMisspelt,
    path: ['to'],
    message: 'is when the window begins; a whole day is from "00:00" to "24:00"',
  });

/** On every object that is not to be touched, whatever else a policy protects. */
const alwaysProtected = { 'kubemend.dev/protected': 'true' };

const caps = z.strictObject({
  per_workload_hour: count.default(2).describe('Actions on one workload in an hour.'),
  per_workload_day: count.default(4).describe('Actions on one workload in a day.'),
  per_namespace_hour: count.default(3).describe('Actions in one namespace in an hour.'),
  per_cluster_hour: count.default(10).describe('Actions in the whole cluster in an hour.'),
  resizes_per_workload_day: count.default(2).describe('Times that one workload may get more memory or CPU in a day.'),
  nodes_cordoned: count.default(1).describe('Nodes that may be cordoned at the same time.'),
  max_replicas: z.int().min(1).max(10_000).default(100).describe('Most replicas that a workload may be scaled to.'),
  max_memory: memoryAmount.default('64Gi').describe('Most memory that a container may be given: `64Gi`.'),
  max_cpu: cpuAmount.prefault('32').describe('Most CPU that a container may be given, in cores: `32`, `500m`.'),
});

/** What may be healed, where, by whom: the file that `KUBEMEND_POLICY` names. Every field has a safe default. */
export const policySchema = z.strictObject({
  version: z.literal(1, 'must be 1, the only version there is').default(1).describe('Version of this format.'),
  paused: z.boolean().default(false).describe('The kill switch: true refuses every action.'),
  namespaces: z
    .strictObject({
      allow: z.array(namespacePattern).default(['*']).describe('Namespaces in which anything may be done at all.'),
      deny: z.array(namespacePattern).default([]).describe('Namespaces in which nothing is done; wins over `allow`.'),
    })
    .prefault({})
    .describe('Where actions are possible. `kube-*` never is. Anything but the default leaves nodes alone too.'),
  rules: z
    .array(rule)
    .max(200, 'has more than 200 rules')
    .default([])
    .describe('The first rule that matches decides; without any, `default_tier` does.'),
  default_tier: oneOf(['advice', 'approve']).default('approve').describe('What holds where no rule matches.'),
  protected_labels: labels
    .refine((given) => !Object.entries(alwaysProtected).some(([name, value]) => (given[name] ?? value) !== value), {
      message: 'cannot give kubemend.dev/protected another meaning than "true"',
    })
    .default({})
    .transform((given): Readonly<Record<string, string>> => ({ ...given, ...alwaysProtected }))
    .describe(
      'Objects with one of these labels are never touched; nor are those with `kubemend.dev/protected: "true"`.',
    ),
  caps: caps.prefault({}).describe('How much may be done.'),
  cooldown: z
    .strictObject({
      after_success_minutes: minutes
        .default(15)
        .describe('Minutes of rest for a workload after an action that helped.'),
      after_failure_minutes: minutes.default(60).describe('Minutes of rest for a workload after one that did not.'),
    })
    .prefault({})
    .describe('How long a workload is left alone after an action.'),
  windows: z
    .array(window)
    .max(50, 'has more than 50 windows')
    .default([])
    .describe('When actions may be applied; none: always. Plans are made at any time.'),
});

export type HealingPolicy = z.output<typeof policySchema>;
export type PolicyRule = z.output<typeof rule>;
export type MaintenanceWindow = z.output<typeof window>;

/** What holds without a policy file. */
export const defaultPolicy: HealingPolicy = policySchema.parse({});
