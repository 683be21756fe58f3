import { InvalidArgumentError, Option } from 'commander';
import * as z from 'zod';
import type { PolicyDecision, PolicyQuestion } from '../../engines/healing/policy-decision.ts';
import { checkedName } from '../../kubernetes/names.ts';
import type { HealingPolicy, Tier } from '../../platform/healing-policy.ts';
import type { CommandContext, Register } from '../program.ts';
import { structured } from '../render/structured.ts';
import { questionOf } from './question.ts';

const formats = ['text', 'json', 'yaml'] as const;
const optionsSchema = z.object({
  namespace: z.string().optional(),
  label: z.record(z.string(), z.string()).optional(),
  at: z.number().optional(),
  output: z.enum(formats),
});
type Options = z.output<typeof optionsSchema>;

export const register: Register = (policy, run) => {
  const command = policy
    .command('explain')
    .description('Say whether a policy allows an action here, and which of its rules says so.')
    .argument('<action>', 'name of a tool, such as restart_workload')
    .argument('<object>', 'kind/name of its target')
    .addOption(new Option('-n, --namespace <name>', 'Namespace; by default K8S_NAMESPACE, else "default".'))
    .addOption(new Option('--label <name=value>', 'A label of the target; can be given again.').argParser(labelsOf))
    .addOption(new Option('--at <time>', 'Instead of now: 2026-11-28T22:00:00+01:00.').argParser(timeOf))
    .addOption(new Option('-o, --output <format>', 'How to show it.').choices(formats).default('text'))
    .addHelpText('after', help);
  run(command, (context, operands) => explain(context, operands, optionsSchema.parse(command.opts())));
};

async function explain(
  { settings, terminal }: CommandContext,
  [action = '', object = '']: readonly string[],
  { namespace = settings.k8sNamespace, label, at = Date.now(), output }: Options,
): Promise<number> {
  const [{ loadPolicy }, { decide }] = await Promise.all([
    import('../../platform/load-policy.ts'),
    import('../../engines/healing/policy-decision.ts'),
  ]);
  const question = questionOf({
    action,
    object,
    namespace: checkedName(namespace, 'namespace'),
    labels: label,
    now: at,
  });
  const policy = await loadPolicy(settings.policy);
  const decision = decide(policy, question);
  const turns = label === undefined ? turnsOf(policy, question, decision, decide) : [];
  const time = new Date(at).toISOString();
  if (output !== 'text') {
    const asked = { action, object, namespace: question.namespace, at: time, policy: settings.policy };
    terminal.out(await structured({ ...asked, ...decision, with_labels: turns }, output));
  } else {
    const where = question.namespace === undefined ? object : `${object} in ${question.namespace}`;
    const lines = [
      `${action} on ${where}: ${verdicts[decision.tier]}.`,
      `Decided by ${decision.by}: ${decision.reason}.`,
      `Policy: ${settings.policy ?? 'none is set, so the defaults'}; time: ${time.replace('.000Z', 'Z')}.`,
      ...turnLines(turns),
    ];
    terminal.out(`${lines.join('\n')}\n`);
  }
  return decision.allowed ? 0 : 1;
}

const verdicts = {
  advice: 'not allowed',
  approve: 'allowed, once a person has approved it',
  unattended: 'allowed, without asking',
} as const satisfies Record<PolicyDecision['tier'], string>;

/** What another label would change. */
interface Turn {
  readonly labels: string;
  readonly by: string;
  readonly tier: Tier;
}

const maxTurns = 10;

/** The labels that the policy looks at and that would turn the decision, each tried by itself. */
function turnsOf(
  policy: HealingPolicy,
  question: PolicyQuestion,
  { tier: decided }: PolicyDecision,
  decide: (policy: HealingPolicy, question: PolicyQuestion) => PolicyDecision,
): readonly Turn[] {
  const sets = [
    ...Object.entries(policy.protected_labels).map(([name, value]) => ({ [name]: value })),
    ...policy.rules.flatMap(({ labels }) => (labels === undefined ? [] : [labels])),
  ];
  const turns = sets.map((labels): Turn => {
    const { by, tier } = decide(policy, { ...question, labels });
    const names = Object.entries(labels).map((label) => label.join('='));
    return { labels: names.join(','), by, tier };
  });
  const different = turns.filter(({ tier }) => tier !== decided);
  return [...new Map(different.map((turn) => [turn.labels, turn])).values()].slice(0, maxTurns);
}

const turnLines = (turns: readonly Turn[]): readonly string[] =>
  turns.length === 0
    ? []
    : [
        'Labels matter here, and none were given (--label name=value):',
        ...turns.map(({ labels, by, tier }) => `  with ${labels}: ${verdicts[tier]}, by ${by}`),
      ];

function labelsOf(
  text: string,
  before: Readonly<Record<string, string>> | undefined,
): Readonly<Record<string, string>> {
  const pairs = text.split(',').map((pair) => /^([^=\s]{1,317})=([^=\s]{0,63})$/.exec(pair));
  if (pairs.includes(null)) throw new InvalidArgumentError('It is name=value: app=web.');
  return { ...before, ...Object.fromEntries(pairs.map((pair) => [pair?.[1] ?? '', pair?.[2] ?? ''])) };
}

function timeOf(text: string): number {
  const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)$/.test(text)
    ? Date.parse(text)
    : Number.NaN;
  if (Number.isNaN(time)) throw new InvalidArgumentError('It is a time with its zone: 2026-11-28T22:00:00+01:00.');
  return time;
}

const help = `
Examples:
  kubemend policy explain restart_workload deployment/web -n shop
  kubemend policy explain evict_pod pod/web-0 -n shop --label tier=critical --policy policy.yaml
  kubemend policy explain drain_node node/worker-1 --at 2026-11-28T22:00:00+01:00

No cluster is asked: what a policy allows can still be refused there.
Exit status: 0 allowed, 1 not allowed, 2 error.
`;
