import { registryWords } from '../images.ts';
import { refOf } from '../objects.ts';
import { specPath, unreadySince } from '../pods.ts';
import type { RegistryFailure } from '../registries.ts';
import { rollbackAdvice } from '../rollbacks.ts';
import type { Snapshot } from '../snapshot.ts';
import type { Finding, Fix } from './rule.ts';

interface Saying {
  /** What is wrong, between the image and the nodes: `registry.local:443 refuses connections`. */
  readonly says: string;
  readonly fix: Fix;
  readonly nextCheck: string;
}

/** A pull that failed because of the registry or the way to it, in what every such finding has alike. */
export function registryFinding(
  snapshot: Snapshot,
  { pod, container, wanted, message, at, source, where, culprit }: RegistryFailure,
  { says, fix, nextCheck }: Saying,
): Finding {
  return {
    subject: refOf(pod),
    container: container.name,
    problem: `cannot pull ${wanted}: ${says}, ${where}`,
    culprit,
    certainty: source === 'status' ? 'declared' : 'message',
    evidence: [
      { object: refOf(pod), source, text: registryWords(message), at },
      { object: refOf(pod), source: 'recomputed', text: `fails ${where}` },
    ],
    since: unreadySince(pod),
    fixes: [...rollbackAdvice(snapshot, pod, (field) => field === `${specPath(container)}.image`), fix],
    nextCheck,
  };
}

/** The node on which to check. */
export const nodeOf = ({ pod }: Pick<RegistryFailure, 'pod'>): string => pod.spec?.nodeName ?? 'the node';
