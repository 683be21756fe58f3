import { describe, expect, it } from 'vitest';
import { evidenceKept } from '../../../../../src/engines/healing/guards/evidence-kept.ts';
import { aContainer, aLog, aPod, crashed, waiting } from '../../../../support/builders.ts';
import {
  aBareObject,
  aDraft,
  aLiveDeployment,
  aSituation,
  evict,
  restart,
  saidBy,
  scale,
} from '../../../../support/healing.ts';

const web = { kind: 'Deployment', namespace: 'shop', name: 'web' };
const broken = aPod('web-1', { containers: [aContainer('app', crashed({ exitCode: 1 }))] });
const evicted = (pod: typeof broken, more: Parameters<typeof aSituation>[0] = {}) =>
  saidBy(evidenceKept, aDraft(evict(web), pod), aSituation({ target: pod, objects: [pod], ...more }));

describe('G36, evidence is kept', () => {
  it('allows once status and log of the broken pod were read', () => {
    const logs = [aLog('web-1', ['panic: no config'], { previous: true })];

    expect(evicted(broken, { logs })).toBe('allow: Status and logs of 1 broken pod were read.');
  });

  it('asks people, and refuses to go on alone, while the log was not read', () => {
    expect(evicted(broken)).toBe(
      'approve: The log of container app of Pod/web-1 was not read, and would be gone with its pod.',
    );
    expect(evicted(broken, { tier: 'unattended' })).toContain('refuse: The log of container app of Pod/web-1');
  });

  it('wants no log of a container that never ran, nor of one that is well', () => {
    const unstarted = aPod('web-1', { containers: [aContainer('app', waiting('ErrImagePull'))] });

    expect(evicted(unstarted, { tier: 'unattended' })).toContain('allow: ');
    expect(evicted(aPod('web-1'), { tier: 'unattended' })).toContain('allow: ');
  });

  it('wants the logs of all broken pods before a restart', () => {
    const { target, all } = aLiveDeployment({
      replicas: 2,
      pod: { containers: [aContainer('app', crashed({ exitCode: 1 }))] },
    });
    const restarted = (logs: readonly ReturnType<typeof aLog>[]) =>
      saidBy(evidenceKept, aDraft(restart(web), target), aSituation({ target, objects: all, logs }));

    expect(restarted([aLog('web-5d8f-0', ['x'])])).toContain('approve: The log of container app of Pod/web-5d8f-1');
    expect(restarted([aLog('web-5d8f-0', ['x']), aLog('web-5d8f-1', ['x'])])).toContain('allow: ');
  });

  it('refuses a pod of which no status was read', () => {
    const bare = aBareObject('Pod');

    expect(saidBy(evidenceKept, aDraft(evict(web), bare), aSituation({ target: bare }))).toBe(
      'refuse: The status of Pod/bare was not read, and would be gone with it. Instead: plan again once it can be read',
    );
  });

  it('has nothing to do with replicas', () => {
    expect(saidBy(evidenceKept, aDraft(scale(web, 4), aLiveDeployment().target), aSituation())).toBe('nothing');
  });
});
