import { keyOf, nameOf, type ObjectRef, refOf } from '../../objects.ts';
import type { ActionName } from '../action.ts';
import { affectedWorkload } from '../subject.ts';
import type { Guard } from './guard.ts';
import { allow, refuse } from './verdicts.ts';

const restarts: ReadonlySet<ActionName> = new Set(['restart_workload', 'evict_pod']);

/** Faults that a new pod meets as the old one did, by family, with why. */
export const incurable: readonly {
  readonly why: string;
  readonly prefixes: readonly string[];
  readonly rules: readonly string[];
}[] = [
  {
    why: 'a new pod pulls the same image, and a registry that limits pulls counts it',
    prefixes: ['image-registry-'],
    rules: [
      'image-arch-mismatch',
      'image-pull-secret-missing',
      'image-rate-limited',
      'image-reference-invalid',
      'image-repo-denied-ambiguous',
      'image-tag-not-found',
      'image-unauthorized',
    ],
  },
  {
    why: 'what it depends on is still down',
    prefixes: ['dns-', 'netpol-', 'svc-'],
    rules: [
      'crash-dependency-down',
      'init-container-hanging',
      'log-auth-failed',
      'log-localhost-refused',
      'log-server-refuses',
      'log-upstream-failing',
      'mesh-policy-denies',
      'service-reference-missing',
    ],
  },
  {
    why: 'the namespace would refuse the new pod',
    prefixes: ['webhook-'],
    rules: ['quota-exceeded', 'psa-violation', 'resource-policy-violation', 'deploy-create-failed'],
  },
  {
    why: 'a new pod finds no place either',
    prefixes: ['pod-unschedulable-', 'pvc-'],
    rules: [
      'pod-extended-resource-missing',
      'pod-ip-exhausted',
      'pod-node-does-not-exist',
      'pod-not-observed-by-scheduler',
      'pod-preempted',
      'pod-pvc-not-found',
      'pod-request-exceeds-any-node',
      'pod-resource-claim-missing',
      'pod-scheduling-gated',
      'volume-full',
    ],
  },
  {
    why: 'what is missing or wrong in its configuration stays so',
    prefixes: [
      'config-key-',
      'config-object-',
      'container-command-',
      'container-exec-',
      'container-mount-',
      'container-security-',
    ],
    rules: [
      'config-env-shadowed',
      'crash-filesystem-permission',
      'log-config-parse',
      'log-migration-failed',
      'port-bind-conflict',
      'probe-misconfigured',
      'rbac-forbidden-workload',
      'reference-object-missing',
    ],
  },
];

/** G24: no restart where it is useless or harmful. */
export const restartHelps: Guard = {
  id: 'G24',
  title: 'restarts only what a restart can mend',

  check({ action }, situation) {
    if (!restarts.has(action.name)) return undefined;
    const { finding, explanation, target } = situation;
    const own = [refOf(target), affectedWorkload(situation)];
    const causes = explanation.causes.filter(({ object }) => own.some((ref) => keyOf(ref) === keyOf(object)));
    const found: readonly { readonly rule: string; readonly object: ObjectRef }[] =
      finding === undefined ? causes : [finding];
    for (const { rule, object } of found) {
      const family = incurable.find(
        ({ prefixes, rules }) => rules.includes(rule) || prefixes.some((prefix) => rule.startsWith(prefix)),
      );
      const cause = explanation.causes.find((each) => each.rule === rule && keyOf(each.object) === keyOf(object));
      const [fix] = cause?.fixes ?? [];
      if (family === undefined) continue;
      return refuse(
        `A restart of ${nameOf(refOf(target))} does not mend ${rule}: ${family.why}.`,
        fix === undefined
          ? `mend ${rule} on ${nameOf(object)}`
          : 'tool' in fix
            ? `${fix.tool}: ${fix.reason}`
            : fix.advice,
      );
    }
    return allow(`Nothing is known of ${nameOf(refOf(target))} that a restart cannot mend.`);
  },
};
