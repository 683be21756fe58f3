import { type Pressure, pressures } from '../../../node-pressure.ts';
import { refOf } from '../../../objects.ts';
import { defineRule, type Finding } from '../../rule.ts';

export const nodeDiskPressure = defineRule({
  id: 'node-disk-pressure',
  title: 'The disk of a node is full',
  area: 'node',
  class: 'cause',
  severity: 'high',
  meaning:
    'The kubelet takes no new pods, deletes images and ended containers, and then evicts pods until there is room on the ' +
    'disk (or there are inodes) again.',
  detection:
    "The node's condition DiskPressure is True. Events FreeDiskSpaceFailed, ImageGCFailed and EvictionThresholdMet are " +
    'quoted; pods that it evicted are counted.',
  remedies: [
    'Find what fills the disk: container logs, images, emptyDirs, files of containers.',
    'Cordon the node while it is cleaned, or replace it.',
  ],
  avoid: ['deleting volumes or folders of the kubelet by hand: they are the data of pods'],

  check: (snapshot) =>
    pressures(snapshot, ['DiskPressure'], /^(?:FreeDiskSpaceFailed|ImageGCFailed|EvictionThresholdMet)$/).map(
      findingOf,
    ),
});

function findingOf({ node, message, since, evicted, pods, events }: Pressure): Finding {
  const subject = refOf(node);
  const { name } = node.metadata;
  const failed = events.some(({ text }) => /^(?:FreeDiskSpaceFailed|ImageGCFailed)/.test(text));
  return {
    subject,
    problem: `has a full disk (DiskPressure)${failed ? ', and deleting images does not free enough' : ''}`,
    certainty: 'declared',
    evidence: [
      { object: subject, source: 'status', text: `DiskPressure is True: ${message}`, at: since },
      ...events.map(({ text, at }) => ({ object: subject, source: 'event' as const, text, at })),
      ...(evicted === 0
        ? []
        : [{ object: subject, source: 'recomputed' as const, text: `it evicted ${evicted} pods that were read` }]),
      ...(pods === 0 ? [] : [{ object: subject, source: 'recomputed' as const, text: `pods on it: ${pods}` }]),
    ],
    since,
    fixes: [
      {
        advice: `look at ${name} for what fills its disk: container logs, images (crictl images), emptyDirs`,
        reason: 'the kubelet frees images by itself, and nothing else but by evicting',
      },
      { advice: 'set ephemeral-storage limits on what writes most', reason: 'only that pod is then evicted' },
      { advice: `kubectl cordon ${name} while it is cleaned, or replace it`, reason: 'new images make it worse' },
    ],
    nextCheck: `kubectl get --raw /api/v1/nodes/${name}/proxy/stats/summary`,
  };
}
