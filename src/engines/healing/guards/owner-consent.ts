import { type KubernetesObject, nameOf, type Pod, refOf } from '../../objects.ts';
import { isBroken } from '../../pods.ts';
import type { Action, ActionName } from '../action.ts';
import { tierOf } from '../policy-decision.ts';
import { affectedWorkload } from '../subject.ts';
import type { Guard, Situation } from './guard.ts';
import { allow, approve, refuse } from './verdicts.ts';

/** On an object or its namespace: whether it may be healed. */
const annotation = 'kubemend.dev/heal';
const no: ReadonlySet<string> = new Set(['false', 'disabled', 'no', 'off', 'never']);
const yes: ReadonlySet<string> = new Set(['true', 'enabled', 'approve', 'unattended']);

/** All that is ever done alone: the rule that found it, and what mends it. */
const unattended: ReadonlyMap<string, ActionName> = new Map([
  ['pod-failed-leftovers', 'evict_pod'],
  ['sts-rollback-trap', 'evict_pod'],
  ['config-stale-in-pod', 'restart_workload'],
  ['crash-regression-after-rollout', 'rollback_workload'],
] as const);

/** G15: an opt-out wins over everything; nothing is done alone without an opt-in. */
export const ownerConsent: Guard = {
  id: 'G15',
  title: 'has the consent of the owner',

  check({ action }, situation) {
    const { target, snapshot, tier } = situation;
    const { namespace } = target.metadata;
    const home = namespace === undefined ? undefined : snapshot.head({ kind: 'Namespace', name: namespace });
    const workload = snapshot.head(affectedWorkload(situation));
    const asked = [target, workload, home].filter((object) => object !== undefined);
    for (const object of asked) {
      const value = object.metadata.annotations?.[annotation]?.toLowerCase();
      const said = `${nameOf(refOf(object))} says ${annotation}: ${value}`;
      if (value !== undefined && no.has(value)) return refuse(`${said}.`, 'ask its owner, who may take that back');
      if (value !== undefined && !yes.has(value)) return approve(`${said}, which is no value that is known.`);
    }
    if (namespace !== undefined && home === undefined)
      return approve(`Namespace/${namespace} was not read, so nobody knows whether it opts out.`);
    return tier === 'unattended'
      ? alone(action, situation, asked)
      : allow(`Neither ${nameOf(refOf(target))} nor its namespace opts out.`);
  },
};

/** A pod that nobody would miss: it has failed for good, or should serve and does not. */
const isUseless = (pod: Pod): boolean => pod.status?.phase === 'Failed' || isBroken(pod);

function alone({ name }: Action, { finding, policy, target }: Situation, asked: readonly KubernetesObject[]) {
  const { namespace, labels = {} } = target.metadata;
  const opener = asked.find(({ metadata }) => metadata.annotations?.[annotation]?.toLowerCase() === 'unattended');
  const answer = tierOf(policy, { action: name, namespace, labels });
  if (opener === undefined && answer.tier !== 'unattended')
    return approve(
      `Neither ${nameOf(refOf(target))}, its namespace nor the policy opts in to actions that nobody is asked for.`,
    );
  if (finding === undefined || unattended.get(finding.rule) !== name)
    return approve(`${name} for ${finding?.rule ?? 'no finding'} is nothing that is ever done without asking.`);
  if (name === 'evict_pod' && !isUseless(target))
    return approve(`${nameOf(refOf(target))} is neither a leftover nor broken, so a person is asked before it goes.`);
  const by = opener === undefined ? `The policy (${answer.by})` : nameOf(refOf(opener));
  return allow(`${by} opts in to ${name} for ${finding.rule} without asking.`);
}
