import { describe, expect, it } from 'vitest';
import { audited } from '../../../../../src/engines/healing/guards/audited.ts';
import { aBareObject, aDraft, aLiveDeployment, aSituation, restart, saidBy } from '../../../../support/healing.ts';

const web = { kind: 'Deployment', namespace: 'shop', name: 'web' };
const draft = aDraft(restart(web), aLiveDeployment().target);

describe('G35, audited', () => {
  it('allows what leaves an Event and a line in the audit', () => {
    expect(saidBy(audited, draft, aSituation())).toBe(
      'allow: Every step is told in the audit and by an Event on Deployment/web.',
    );
  });

  it('asks where no Event can be written', () => {
    expect(saidBy(audited, draft, aSituation({ lacking: ['create events'] }))).toBe(
      'approve: No Event on Deployment/web can be written, as create events is not permitted: only the audit will tell.',
    );
    expect(saidBy(audited, draft, aSituation({ lacking: ['patch apps/deployments'] }))).toContain('allow: ');
  });

  it('refuses a bare object, to which no Event can be tied', () => {
    const bare = aBareObject('Deployment');

    expect(saidBy(audited, aDraft(restart(web), bare), aSituation({ target: bare }))).toContain(
      'refuse: The plan does not name the uid of Deployment/bare',
    );
  });
});
