import { pullFailures, registryWords } from '../../../images.ts';
import { type Pod, refOf } from '../../../objects.ts';
import { type PodContainer, specPath, unreadySince } from '../../../pods.ts';
import { rollbackAdvice } from '../../../rollbacks.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { isScript } from '../../../starting/command.ts';
import { startFailuresOf } from '../../../starting/failures.ts';
import { defineRule, type Finding, type Fix } from '../../rule.ts';

export const imageArchMismatch = defineRule({
  id: 'image-arch-mismatch',
  title: 'The image is for another architecture',
  area: 'pod',
  class: 'cause',
  severity: 'high',
  meaning: 'The image, or the program in it, was built for another processor than the one of the node.',
  detection:
    'A pull fails with "no match for platform", or a program dies with "exec format error". The architecture of the ' +
    'node comes from its status. Scripts without a #! line die with the same words, so an exec format error is not certain.',
  remedies: ['Build the image for the architectures of the nodes.', 'Bind the pod to nodes of the right architecture.'],
  avoid: ['retrying: the image stays what it is'],

  check: (snapshot) => [
    ...pullFailures(snapshot)
      .filter(({ rule }) => rule === 'image-arch-mismatch')
      .map(({ pod, container, image, message, at, source }) =>
        findingOf(snapshot, pod, container, {
          problem: `cannot pull ${image}: it has no variant for ${architectureOf(snapshot, pod) ?? 'the architecture of the node'}`,
          certainty: source === 'status' ? 'declared' : 'message',
          evidence: [{ object: refOf(pod), source, text: registryWords(message), at }],
        }),
      ),
    ...startFailuresOf(snapshot, 'image-arch-mismatch')
      .filter((failure) => !isScript(snapshot, failure))
      .map(({ pod, container, what, text, source, certainty }) =>
        findingOf(snapshot, pod, container, {
          problem: `cannot start: ${what ?? 'the program'} is no program for ${architectureOf(snapshot, pod) ?? 'the architecture of the node'}, or a script without a #! line`,
          certainty: certainty === 'declared' ? 'message' : certainty,
          evidence: [{ object: refOf(pod), source, text }],
          missingEvidence: [`the platform of ${container.spec.image ?? 'the image'}`],
          nextCheck: `compare the platforms of ${container.spec.image ?? 'the image'} in its registry, and look at the first line of ${what ?? 'its program'}`,
        }),
      ),
  ],
});

function findingOf(
  snapshot: Snapshot,
  pod: Pod,
  container: PodContainer,
  said: Pick<Finding, 'problem' | 'certainty' | 'evidence' | 'missingEvidence' | 'nextCheck'>,
): Finding {
  const architecture = architectureOf(snapshot, pod);
  const node = { kind: 'Node', name: pod.spec?.nodeName ?? '' };
  return {
    ...said,
    subject: refOf(pod),
    container: container.name,
    evidence: [
      ...said.evidence,
      ...(architecture === undefined
        ? []
        : [{ object: node, source: 'status' as const, text: `the node is ${architecture}` }]),
    ],
    since: unreadySince(pod),
    fixes: [
      ...rollbackAdvice(snapshot, pod, (field) => field === `${specPath(container)}.image`),
      ...otherArchitectures(snapshot, architecture),
      {
        advice: `build ${container.spec.image ?? 'the image'} for ${architecture ?? "the nodes' architecture"}`,
        reason: 'it lacks this platform',
      },
    ],
  };
}

const architectureOf = (snapshot: Snapshot, { spec }: Pod): string | undefined =>
  snapshot.find('Node', undefined, spec?.nodeName ?? '')?.status?.nodeInfo?.architecture;

function otherArchitectures(snapshot: Snapshot, architecture: string | undefined): readonly Fix[] {
  const others = snapshot
    .all('Node')
    .flatMap(({ status }) => status?.nodeInfo?.architecture ?? [])
    .filter((other) => other !== architecture);
  return [...new Set(others)]
    .toSorted()
    .map((other) => ({
      advice: `set nodeSelector kubernetes.io/arch: ${other}, if the image is for ${other}`,
      reason: 'the cluster has such nodes',
    }))
    .slice(0, 1);
}
