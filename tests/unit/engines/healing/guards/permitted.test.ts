import { describe, expect, it } from 'vitest';
import { permitted } from '../../../../../src/engines/healing/guards/permitted.ts';
import { aBareObject, aDraft, aLiveDeployment, aSituation, restart, saidBy } from '../../../../support/healing.ts';

const web = { kind: 'Deployment', namespace: 'shop', name: 'web' };
const draft = aDraft(restart(web), aLiveDeployment().target);

describe('G7, permitted', () => {
  it('leaves it to G35 that no Event can be written', () => {
    expect(saidBy(permitted, draft, aSituation({ lacking: ['create events'] }))).toContain('allow: ');
  });

  it('refuses when a permission is lacking, and names it', () => {
    expect(saidBy(permitted, draft, aSituation({ lacking: ['patch apps/deployments'] }))).toBe(
      'refuse: Changing Deployment/web needs permissions that are lacking in namespace shop: patch apps/deployments. Instead: have them granted by a Role, or let somebody do it who has them',
    );
  });

  it('allows when none is', () => {
    expect(saidBy(permitted, draft, aSituation())).toBe(
      'allow: Every write that this takes is permitted in namespace shop.',
    );
  });

  it('names no namespace that an object does not have', () => {
    const bare = aBareObject('Node', 'node-2');

    expect(
      saidBy(permitted, aDraft(restart(web), bare), aSituation({ target: bare, lacking: ['patch nodes'] })),
    ).toContain('refuse: Changing Node/node-2 needs permissions that are lacking: patch nodes.');
  });
});
