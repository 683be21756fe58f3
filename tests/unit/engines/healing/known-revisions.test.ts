import { describe, expect, it } from 'vitest';
import { knownRevisions, wasAvailable } from '../../../../src/engines/healing/known-revisions.ts';
import { aContainer, anEvent, aPod, aSnapshot, crashed, minutesAgo, ownedBy } from '../../../support/builders.ts';
import { aBareObject, aLiveDeployment, aRevision } from '../../../support/healing.ts';

const web = { kind: 'Deployment', namespace: 'shop', name: 'web' };
const { target, all } = aLiveDeployment({ pod: { containers: [aContainer('app', crashed({ exitCode: 1 }))] } });

describe('wasAvailable', () => {
  it('remembers a revision whose pods ran until the rollout, though none of them is left', () => {
    const older = aRevision(target, 0, { image: 'app:0.9' });
    const stopped = anEvent(aPod(`${older.metadata.name}-abcde`), 'Killing', 'Stopping container app', {
      type: 'Normal',
      lastTimestamp: minutesAgo(60),
    });
    const [, revision] = knownRevisions(aSnapshot({ objects: [...all, older] }), web);
    const judged = (objects: Parameters<typeof aSnapshot>[0] & object) =>
      revision === undefined ? undefined : wasAvailable(aSnapshot(objects), web, revision);

    expect(revision).toMatchObject({ number: 0, available: false });
    expect(judged({ objects: [...all, older, stopped] })).toBe(true);
    expect(judged({ objects: [...all, older] })).toBe(false);
  });
});

describe('knownRevisions', () => {
  it('knows those of a DaemonSet by the hash at the end of their names', () => {
    const agent = { ...aBareObject('DaemonSet', 'agent'), metadata: { name: 'agent', namespace: 'shop', uid: 'u' } };
    const revision = (number: number) => ({
      ...aBareObject('ControllerRevision'),
      metadata: { name: `agent-${number}abc`, namespace: 'shop', ...ownedBy(agent) },
      revision: number,
      data: { spec: { template: {} } },
    });
    const pod = aPod('agent-x', { metadata: { labels: { 'controller-revision-hash': '1abc' }, ...ownedBy(agent) } });
    const snapshot = aSnapshot({ objects: [agent, revision(1), revision(2), pod] });

    expect(
      knownRevisions(snapshot, { kind: 'DaemonSet', namespace: 'shop', name: 'agent' }).map(({ number, available }) => [
        number,
        available,
      ]),
    ).toEqual([
      [2, false],
      [1, true],
    ]);
  });
});
