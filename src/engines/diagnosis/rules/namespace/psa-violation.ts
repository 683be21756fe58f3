import { type CreationFailure, creationFailures } from '../../../admission.ts';
import { writerOf } from '../../../field-writers.ts';
import { nameOf, type ObjectRef } from '../../../objects.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { rollback } from '../../rollback.ts';
import { defineRule, type Evidence, type Finding } from '../../rule.ts';

const prefix = 'pod-security.kubernetes.io/';

export const psaViolation = defineRule({
  id: 'psa-violation',
  title: "Pods violate the namespace's Pod Security level",
  area: 'namespace',
  class: 'cause',
  severity: 'high',
  meaning:
    'The API server refuses to create pods, because they ask for more than the Pod Security Standard of the namespace allows.',
  detection:
    'A controller failed with `violates PodSecurity "LEVEL:VERSION": …`. No pod exists that would show it. The labels ' +
    'of the namespace, and when they were set, are named.',
  remedies: [
    'Roll back, when the last revision asked for more.',
    'Set the securityContext that the level demands.',
    'Run the workload in a namespace that is meant for privileged ones.',
  ],
  avoid: ["lowering the namespace's level: it then holds for nobody there"],

  check: (snapshot) => creationFailures(snapshot).flatMap((failure) => findingOf(snapshot, failure)),
});

function findingOf(snapshot: Snapshot, failure: CreationFailure): readonly Finding[] {
  const match = /violates PodSecurity "([^"]+)": (.+)$/s.exec(failure.reason);
  if (match === null) return [];
  const [, level = '', violations = ''] = match;
  const { owner, controller, message, at, source, since } = failure;
  const culprit: ObjectRef = { kind: 'Namespace', name: owner.namespace ?? '' };
  return [
    {
      subject: owner,
      problem: `cannot create pods: ${nameOf(culprit)} enforces Pod Security "${level}", and they violate it: ${inShort(violations.trim())}`,
      culprit,
      certainty: 'declared',
      evidence: [{ object: controller, source, text: message, at }, ...labelEvidence(snapshot, culprit)],
      since,
      fixes: [
        ...rollback(snapshot, owner, ({ spec }) => {
          const current = snapshot.find('Deployment', owner.namespace, owner.name)?.spec?.template?.spec;
          return securityOf(spec) === securityOf(current) ? undefined : 'had other security settings';
        }),
        {
          advice: `change the pod template of ${nameOf(owner)} as the message asks: ${violations.trim()}`,
          reason: `the level ${level} forbids it`,
        },
        {
          advice: 'run it in a namespace that is meant for such workloads',
          reason: 'if it cannot work with less',
        },
      ],
    },
  ];
}

const shortList = 150;

/** The names of many violations without what each asks for, which the advice tells. */
const inShort = (violations: string): string =>
  violations.length > shortList ? violations.replaceAll(/ \((?:[^()]|\([^()]*\))*\)/g, '') : violations;

/** Everything of a pod that Pod Security looks at, to compare two templates. */
const securityOf = (spec: unknown): string => {
  const text = JSON.stringify(spec ?? {});
  return (text.match(/"(?:securityContext|host\w+|privileged|capabilities)":(?:\{[^}]*\}|[^,}]*)/g) ?? []).join();
};

function labelEvidence(snapshot: Snapshot, culprit: ObjectRef): readonly Evidence[] {
  const namespace = snapshot.find('Namespace', undefined, culprit.name);
  const labels = Object.entries(namespace?.metadata.labels ?? {}).filter(([key]) => key.startsWith(prefix));
  if (namespace === undefined || labels.length === 0) return [];
  const writer = writerOf(namespace, `${prefix}enforce`);
  const by = writer?.manager === undefined ? '' : `, set by ${writer.manager}`;
  return [
    {
      object: culprit,
      source: 'spec',
      text: `labels ${labels.map(([key, value]) => `${key}=${value}`).join(', ')}${by}`,
      at: writer?.time,
    },
  ];
}
