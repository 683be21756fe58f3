import { describe, expect, it } from 'vitest';
import { rules } from '../../../../../src/engines/diagnosis/rules/index.ts';
import { incurable, restartHelps } from '../../../../../src/engines/healing/guards/restart-helps.ts';
import { aCause, anExplanation } from '../../../../support/explanations.ts';
import {
  aBareObject,
  aDraft,
  aLiveDeployment,
  aSituation,
  evict,
  restart,
  rollback,
  saidBy,
} from '../../../../support/healing.ts';

const web = { kind: 'Deployment', namespace: 'shop', name: 'web' };
const { target } = aLiveDeployment();
const found = (rule: string) => ({
  finding: { rule, object: web, summary: '', confidence: 0.95 },
  explanation: anExplanation({ causes: [aCause({ rule, object: web, fixes: [{ advice: 'mend it', reason: '' }] })] }),
});
const saidOf = (rule: string) => saidBy(restartHelps, aDraft(restart(web), target), aSituation(found(rule)));

describe('G24, a restart that helps', () => {
  it.each([
    ['image-rate-limited', 'a registry that limits pulls counts it'],
    ['crash-dependency-down', 'what it depends on is still down'],
    ['svc-no-ready-endpoints', 'what it depends on is still down'],
    ['quota-exceeded', 'the namespace would refuse the new pod'],
    ['pod-unschedulable-capacity', 'a new pod finds no place either'],
    ['config-key-missing', 'what is missing or wrong in its configuration stays so'],
  ])('refuses a restart for %s', (rule, why) => {
    expect(saidOf(rule)).toMatch(
      new RegExp(`^refuse: A restart of Deployment/web does not mend ${rule}: .*${why}\\. Instead: mend it$`),
    );
  });

  it.each(['config-stale-in-pod', 'crash-app-error', 'image-tag-drift', 'config-change-correlated'])(
    'allows a restart for %s',
    (rule) => {
      expect(saidOf(rule)).toContain('allow: ');
    },
  );

  it('refuses the same of an eviction, and for a cause that nobody named', () => {
    const { explanation } = found('config-object-missing');

    expect(saidBy(restartHelps, aDraft(evict(web), target), aSituation({ explanation }))).toContain('refuse: ');
  });

  it('does not mind causes of others', () => {
    const causes = [aCause({ rule: 'config-key-missing', object: { ...web, name: 'pay' } })];

    expect(
      saidBy(restartHelps, aDraft(restart(web), target), aSituation({ explanation: anExplanation({ causes }) })),
    ).toContain('allow: ');
  });

  it('has nothing to do with a rollback, which brings another configuration', () => {
    expect(saidBy(restartHelps, aDraft(rollback(web), target), aSituation(found('config-key-missing')))).toBe(
      'nothing',
    );
  });

  it('refuses for a bare object as well', () => {
    const bare = aBareObject('Deployment');

    expect(
      saidBy(restartHelps, aDraft(restart(web), bare), aSituation({ ...found('quota-exceeded'), target: bare })),
    ).toContain('refuse: ');
  });

  it('names only rules that exist', () => {
    const ids = rules.map(({ id }) => id);
    const unknown = incurable.flatMap(({ prefixes, rules: named }) => [
      ...named.filter((id) => !ids.includes(id)),
      ...prefixes.filter((prefix) => !ids.some((id) => id.startsWith(prefix))),
    ]);

    expect(unknown).toEqual([]);
  });
});
