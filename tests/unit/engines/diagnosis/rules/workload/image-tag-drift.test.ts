import { imageTagDrift } from '../../../../../../src/engines/diagnosis/rules/workload/image-tag-drift.ts';
import {
  aContainer,
  aDeployment,
  anObject,
  aPod,
  aSnapshot,
  ownedBy,
  waiting,
} from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const { deployment, replicaSet } = aDeployment('api', { replicas: 0 });
const digests = {
  old: 'docker.io/library/drifting@sha256:7ace4d98ebb8d24157dccd05258cf1cf2c4dbdabb5d837b914ae809606357f60',
  new: 'docker.io/library/drifting@sha256:02e8dde31454536d12b1ba03cfcc875c5c03e9d9749b6e352f7d3b47feea9072',
};
const replica = (
  name: string,
  imageID: string,
  { image = 'drifting:1.0', owner = replicaSet, more = {}, nodeName = 'node-1' } = {},
) =>
  aPod(name, {
    metadata: ownedBy(owner),
    spec: { nodeName },
    containers: [aContainer('app', { image, status: { imageID, ...more } })],
  });
const snapshotOf = (...pods: readonly ReturnType<typeof aPod>[]) =>
  aSnapshot({ objects: [deployment, replicaSet, ...pods] });
const aNode = (name: string, architecture: string) =>
  anObject('Node', name, { status: { nodeInfo: { architecture } } });
const next = anObject('ReplicaSet', 'api-next', { metadata: ownedBy(deployment) });

testRule(imageTagDrift, {
  silent: {
    'the same digest everywhere': snapshotOf(replica('a', digests.old), replica('b', digests.old)),
    'the same digest from two registries': snapshotOf(
      replica('a', digests.old),
      replica('b', digests.old.replace('docker.io/library', 'mirror.test')),
    ),
    'a rollout between two revisions': snapshotOf(
      replica('a', digests.old),
      replica('b', digests.new, { owner: next }),
    ),
    'a replica that is not ready': snapshotOf(
      replica('a', digests.old),
      replica('b', digests.new, { more: waiting('ErrImagePull').status }),
    ),
    'a reference with a digest': snapshotOf(
      replica('a', digests.old, { image: 'drifting@sha256:7ace' }),
      replica('b', digests.new, { image: 'drifting@sha256:7ace' }),
    ),
    'digests of different forms': snapshotOf(replica('a', digests.old), replica('b', 'sha256:02e8dde3')),
    'nodes of different architectures': aSnapshot({
      objects: [
        deployment,
        replicaSet,
        aNode('node-1', 'amd64'),
        aNode('node-2', 'arm64'),
        replica('a', 'sha256:7ace'),
        replica('b', 'sha256:02e8', { nodeName: 'node-2' }),
      ],
    }),
  },
  speaks: {
    'of a tag that was moved': [
      snapshotOf(replica('a', digests.old), replica('b', digests.new), replica('c', digests.new)),
      {
        object: 'Deployment/api',
        problem: 'runs 2 different images under drifting:1.0: the tag 1.0 was moved',
        certainty: 'recomputed',
        evidence: ['a since 2026', 'b since 2026'],
        fix: 'drifting@sha256:…',
      },
    ],
  },
});
