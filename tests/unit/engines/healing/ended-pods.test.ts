import { describe, expect, it } from 'vitest';
import { blastRadius } from '../../../../src/engines/healing/blast-radius.ts';
import { refOf } from '../../../../src/engines/objects.ts';
import { aSnapshot, now } from '../../../support/builders.ts';
import { aLiveDeployment } from '../../../support/healing.ts';

describe('what an action touches', () => {
  it('counts as ready what stays, not what ends and has not noticed yet', () => {
    const { all, target } = aLiveDeployment({ replicas: 3 });
    const ending = all.find(({ kind }) => kind === 'Pod');
    const objects = all.map((each) =>
      each === ending ? { ...each, metadata: { ...each.metadata, deletionTimestamp: now } } : each,
    );

    expect(blastRadius(aSnapshot({ objects }), refOf(target))).toMatchObject({ pods: 3, ready: 2 });
  });
});
