import { type KubernetesObject, nameOf, type PodTemplate, refOf } from '../../objects.ts';
import { countedBy, quotaRefusalIn } from '../../quota.ts';
import { templateOf } from '../../references.ts';
import { makesRoomFirst } from '../makes-room-first.ts';
import type { Guard } from './guard.ts';
import { allow, approve, clause, refuse } from './verdicts.ts';

const silent = 'it does not say why';
const repair = 'mend what it names, then plan again';

/** G8: the API server tries it without effect first. */
export const triedBefore: Guard = {
  id: 'G8',
  title: 'was tried by the API server without effect',

  check({ template }, { dryRun: { write, pod, untried }, target }) {
    const name = nameOf(refOf(target));
    if (write === undefined) return refuse(`The change of ${name} was not tried without effect.`, 'plan again');
    if (!write.ok)
      return refuse(`The API server would refuse the change of ${name}: ${clause(write.message ?? silent)}.`, repair);
    if (template === undefined) return allow(`The API server would take the change of ${name}.`);
    if (untried !== undefined)
      return approve(`No pod of the new template of ${name} was tried, as ${untried} is not permitted.`);
    if (pod === undefined) return refuse(`No pod of the new template of ${name} was tried.`, 'plan again');
    if (!pod.ok && isReplacing(target, template, pod.message ?? ''))
      return approve(
        `The quota of ${name} has no room for one pod more (${clause(pod.message ?? silent)}), so each one has to go before the next one comes.`,
      );
    if (!pod.ok)
      return refuse(
        `The API server would refuse the pods of the new template of ${name}: ${clause(pod.message ?? silent)}.`,
        repair,
      );
    return allow(`The API server would take the change of ${name} and the pods of its new template.`);
  },
};

/** A quota counts the old pod still, which goes first here; its successor needs no more than it. */
function isReplacing(target: KubernetesObject, template: PodTemplate, message: string): boolean {
  const refusal = quotaRefusalIn(message);
  if (refusal === undefined || !makesRoomFirst(target)) return false;
  const before = templateOf(target)?.spec;
  return refusal.exceeded.every(({ resource }) => countedBy(template.spec, resource) <= countedBy(before, resource));
}
