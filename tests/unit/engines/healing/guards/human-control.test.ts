import { describe, expect, it } from 'vitest';
import { humanControl } from '../../../../../src/engines/healing/guards/human-control.ts';
import {
  aBareObject,
  aDraft,
  aLiveDeployment,
  aPolicy,
  aSituation,
  restart,
  saidBy,
  undo,
} from '../../../../support/healing.ts';

const web = { kind: 'Deployment', namespace: 'shop', name: 'web' };
const { target } = aLiveDeployment();
const draft = aDraft(restart(web), target);
/** The clock of a built snapshot is Monday, 12:00 UTC. */
const saidIn = (...windows: object[]) => saidBy(humanControl, draft, aSituation({ policy: aPolicy({ windows }) }));

describe('G30, human control', () => {
  it('refuses everything while the policy pauses it', () => {
    expect(saidBy(humanControl, draft, aSituation({ policy: aPolicy({ paused: true }) }))).toBe(
      'refuse: The policy pauses all healing. Instead: set paused to false in the policy file',
    );
    expect(
      saidBy(humanControl, aDraft(undo(web), target), aSituation({ policy: aPolicy({ paused: true }) })),
    ).toContain('refuse: ');
  });

  it('allows at any time without windows', () => {
    expect(saidIn()).toContain('allow: ');
  });

  it('refuses outside of every window, and names them', () => {
    expect(saidIn({ days: ['Sat', 'Sun'], from: '00:00', to: '23:59' }, { from: '22:00', to: '06:00' })).toBe(
      'refuse: The time is outside of the windows of the policy: Sat, Sun 00:00–23:59 UTC; daily 22:00–06:00 UTC. Instead: wait until Mon 22:00 (UTC), or do it by hand',
    );
  });

  it('allows within one, to the minute', () => {
    expect(saidIn({ from: '12:00', to: '12:01' })).toBe(
      'allow: It is daily 12:00–12:01 UTC, when the policy lets healing act.',
    );
    expect(saidIn({ from: '11:00', to: '12:00' })).toContain('refuse: ');
  });

  it('reads the clock of the time zone', () => {
    expect(saidIn({ from: '13:00', to: '14:00', time_zone: 'Europe/Berlin' })).toContain('allow: ');
    expect(saidIn({ from: '12:00', to: '13:00', time_zone: 'Europe/Berlin' })).toContain('refuse: ');
    expect(saidIn({ days: ['Tue'], from: '01:00', to: '02:30', time_zone: 'Pacific/Kiritimati' })).toContain('allow: ');
  });

  it('counts the hours after midnight to the day before', () => {
    expect(saidIn({ days: ['Sun'], from: '22:00', to: '13:00' })).toContain('allow: ');
    expect(saidIn({ days: ['Mon'], from: '22:00', to: '13:00' })).toContain('refuse: ');
    expect(saidIn({ days: ['Sun'], from: '22:00', to: '12:00' })).toContain('refuse: ');
    expect(saidIn({ days: ['Mon'], from: '12:00', to: '02:00' })).toContain('allow: ');
  });

  it('asks before an action is taken back outside of a window', () => {
    const policy = aPolicy({ windows: [{ from: '22:00', to: '23:00' }] });

    expect(saidBy(humanControl, aDraft(undo(web), target), aSituation({ policy }))).toContain('approve: ');
  });

  it('looks at no object', () => {
    const bare = aBareObject('Deployment');

    expect(
      saidBy(humanControl, aDraft(restart(web), bare), aSituation({ target: bare, policy: aPolicy({ paused: true }) })),
    ).toContain('refuse: ');
  });
});
