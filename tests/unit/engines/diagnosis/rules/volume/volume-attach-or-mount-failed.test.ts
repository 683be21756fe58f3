import { volumeAttachOrMountFailed } from '../../../../../../src/engines/diagnosis/rules/volume/volume-attach-or-mount-failed.ts';
import {
  aContainer,
  anEvent,
  anObject,
  aPod,
  aSnapshot,
  minutesAgo,
  waiting,
  withFields,
} from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const creating = { containers: [aContainer('app', waiting('ContainerCreating'))] };
const pod = (source: object) =>
  aPod('books', { ...creating, spec: { volumes: [{ name: 'data', ...source }] }, status: { phase: 'Pending' } });
const onHost = pod({ hostPath: { path: '/srv/none', type: 'Directory' } });
const onNfs = pod({ nfs: { server: 'files.example', path: '/export' } });
const onClaim = pod({ persistentVolumeClaim: { claimName: 'books' } });
const claim = anObject('PersistentVolumeClaim', 'books', { spec: { volumeName: 'pvc-1' }, status: { phase: 'Bound' } });
const failed = (about: typeof onHost, message: string, more: object = {}) =>
  anEvent(about, 'FailedMount', `MountVolume.SetUp failed for volume "data" : ${message}`, { count: 6, ...more });
const noFolder = failed(onHost, 'hostPath type check failed: /srv/none is not a directory');
const running = aPod('books', { spec: { volumes: [{ name: 'data', hostPath: { path: '/srv/none' } }] } });
const arguments_ =
  'mount failed: exit status 32\nMounting command: mount\nMounting arguments: -t nfs files.example:/export /var/lib/kubelet/pods/2a34ab12-0e09-4d4a-9587-cd55fd32a714/volumes/kubernetes.io~nfs/data\n';

testRule(volumeAttachOrMountFailed, {
  silent: {
    'a limit in which not even the token fits': aSnapshot({
      objects: [
        aPod('books', {
          containers: [
            aContainer('app', { ...waiting('ContainerCreating'), resources: { limits: { memory: '128m' } } }),
          ],
          status: { phase: 'Pending' },
        }),
        failed(onHost, 'write ca.crt: no space left on device'),
      ],
    }),
    'a pod that runs by now': aSnapshot({ objects: [running, noFolder] }),
    'a first attempt of the last seconds': aSnapshot({
      objects: [onHost, withFields(noFolder, { count: 1, firstTimestamp: minutesAgo(0.2) })],
    }),
    'a complaint that was not repeated for long': aSnapshot({
      objects: [onHost, withFields(noFolder, { lastTimestamp: minutesAgo(15) })],
    }),
    'a ConfigMap that does not exist': aSnapshot({ objects: [onHost, failed(onHost, 'configmap "api" not found')] }),
    'a key that does not exist': aSnapshot({
      objects: [onHost, failed(onHost, 'references non-existent secret key: a')],
    }),
    'a token that cannot be fetched': aSnapshot({ objects: [onHost, failed(onHost, 'failed to fetch token: 403')] }),
    'a volume that another pod holds': aSnapshot({
      objects: [onClaim, claim, anEvent(onClaim, 'FailedAttachVolume', 'Multi-Attach error for volume "pvc-1" …')],
    }),
  },
  speaks: {
    'of a folder that the node does not have': [
      aSnapshot({ objects: [onHost, noFolder] }),
      {
        object: 'Pod/books',
        problem:
          'volume data cannot be mounted: /srv/none is not a directory on its node (volumes[data].hostPath.type is Directory)',
        certainty: 'message',
        evidence: ['hostPath type check failed', 'volumes[data] is hostPath {"path":"/srv/none","type":"Directory"}'],
        fix: 'correct volumes[data].hostPath.path',
      },
    ],
    'of a driver that is not registered': [
      aSnapshot({
        objects: [
          onHost,
          failed(
            onHost,
            'kubernetes.io/csi: driver name disk.csi.example not found in the list of registered CSI drivers',
          ),
        ],
      }),
      {
        object: 'Pod/books',
        problem: 'the CSI driver disk.csi.example is not registered on its node',
        culprit: 'CSIDriver/disk.csi.example',
      },
    ],
    'of a file system that the node does not know': [
      aSnapshot({
        objects: [
          onNfs,
          failed(
            onNfs,
            `${arguments_}Output: mount: /var/lib/kubelet/pods/2a34ab12-0e09-4d4a-9587-cd55fd32a714/volumes/kubernetes.io~nfs/data: unknown filesystem type 'nfs'.\n`,
          ),
        ],
      }),
      { object: 'Pod/books', problem: "its node cannot mount nfs (unknown filesystem type 'nfs')" },
    ],
    'of an NFS server that does not let it': [
      aSnapshot({
        objects: [
          onNfs,
          failed(
            onNfs,
            `${arguments_}Output: mount.nfs: access denied by server while mounting files.example:/export\n`,
          ),
        ],
      }),
      {
        object: 'Pod/books',
        problem: 'the NFS server files.example does not let it',
        fix: 'files.example exports /export to the nodes',
      },
    ],
    'of a claim, in the words of its driver': [
      aSnapshot({
        objects: [
          onClaim,
          claim,
          anEvent(
            onClaim,
            'FailedAttachVolume',
            'AttachVolume.Attach failed for volume "pvc-1" : rpc error: code = Internal desc = volume is in error state',
            { count: 3 },
          ),
        ],
      }),
      {
        object: 'Pod/books',
        problem: 'volume data (PersistentVolumeClaim/books) cannot be mounted: Internal: volume is in error state',
        culprit: 'PersistentVolumeClaim/books',
      },
    ],
  },
});
