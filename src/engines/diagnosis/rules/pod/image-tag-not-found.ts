import { type PullFailure, parseImage, pullFailures, registryWords, tagsThatRun } from '../../../images.ts';
import { refOf } from '../../../objects.ts';
import { workloadOf } from '../../../owners.ts';
import { unreadySince } from '../../../pods.ts';
import { previousRevision } from '../../../revisions.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { rollbackFix } from '../../heal-fixes.ts';
import { defineRule, type Fix } from '../../rule.ts';

export const imageTagNotFound = defineRule({
  id: 'image-tag-not-found',
  title: 'The image tag does not exist',
  area: 'pod',
  class: 'cause',
  severity: 'high',
  meaning: 'The registry answered and has no such tag or digest, so the container can never start from this reference.',
  detection:
    'A container waits in ErrImagePull or ImagePullBackOff and the registry said "manifest unknown" or "not found". ' +
    'The back-off message repeats the last real error, so this holds after the events have expired. Tags of the same ' +
    'repository that other pods run are named.',
  remedies: [
    'Roll back to the revision that ran before, when the reference is new.',
    'Push the tag, or set the image to one that exists.',
  ],
  avoid: ['switching to latest or guessing a tag', 'deleting the pods in a loop: the tag is still missing'],

  check: (snapshot) =>
    pullFailures(snapshot)
      .filter(({ rule }) => rule === 'image-tag-not-found')
      .map((failure) => {
        const { pod, container, image, message, at, source } = failure;
        const running = runningTags(snapshot, image);
        const { tag, digest } = parseImage(image);
        return {
          subject: refOf(pod),
          container: container.name,
          problem:
            `cannot pull ${image}: the registry has no ${digest === undefined ? `tag ${tag}` : `such digest`}` +
            (running.length > 0 ? ` (other pods run ${running.join(', ')})` : ''),
          certainty: 'declared' as const,
          evidence: [{ object: refOf(pod), source, text: registryWords(message), at }],
          since: unreadySince(pod),
          fixes: fixesOf(snapshot, failure),
        };
      }),
});

/** Tags of the same repository that run somewhere in this snapshot. */
function runningTags(snapshot: Snapshot, image: string): readonly string[] {
  const { host, repository } = parseImage(image);
  return (tagsThatRun(snapshot).get(`${host}/${repository}`) ?? []).slice(0, 3);
}

function fixesOf(snapshot: Snapshot, { pod, container, image }: PullFailure): readonly Fix[] {
  const workload = workloadOf(snapshot, pod);
  const previous = previousRevision(snapshot, workload);
  const before = previous?.template?.spec?.containers?.find(({ name }) => name === container.name)?.image;
  const { digest } = parseImage(image);
  const push: Fix =
    digest === undefined
      ? {
          advice: `push ${image}, or set ${container.name}'s image to a tag that exists`,
          reason: 'the registry has no such tag',
        }
      : {
          advice: `set ${container.name}'s image to a digest or tag that exists`,
          reason: 'what the digest names is gone from the registry, or was never there',
        };
  if (previous === undefined || before === undefined || before === image) return [push];
  return [rollbackFix(workload, previous.number, `revision ${previous.number} ran ${before}`), push];
}
