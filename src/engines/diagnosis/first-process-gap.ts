import { refOf } from '../objects.ts';
import type { CrashGap } from './crash-gap.ts';
import type { Where } from './expansion-gap.ts';

/** What an init system for containers, such as s6, says when it is not the first process. */
const wantsToBeFirst =
  /\b(?:can only|must|has to|needs? to|should|may only|only) (?:be )?run(?:ning)? as (?:pid|process) ?1\b|\b(?:is|am) not (?:running as )?(?:pid|process) ?1\b/i;

/** What keeps a program that wants to be process 1 from being it: namespaces of processes that a pod shares, or a shell. */
export function firstProcessGap({ pod, container }: Where, text: string): CrashGap | undefined {
  if (!wantsToBeFirst.test(text)) return undefined;
  const field = (['shareProcessNamespace', 'hostPID'] as const).find((name) => pod.spec?.[name] === true);
  const gap = (says: string, advice: string, reason: string): CrashGap => ({
    says,
    evidence: [{ object: refOf(pod), source: 'spec', text: says }],
    fixes: [{ advice, reason }],
  });
  if (field !== undefined) {
    const first = field === 'hostPID' ? 'the init of the node' : 'the pause process of the pod';
    return gap(
      `${field} is true, so process 1 is ${first}`,
      `remove ${field} from the pod template`,
      'each container then has a process 1 of its own',
    );
  }
  const { command = [] } = container.spec;
  return /(?:^|\/)(?:ba|da|a)?sh$/.test(command[0] ?? '')
    ? gap(
        `the command of container ${container.name} runs it below ${command[0]}, which is process 1`,
        `start the program with exec in the command of container ${container.name}, or leave the command to the image`,
        'exec lets it take the place of the shell',
      )
    : undefined;
}
