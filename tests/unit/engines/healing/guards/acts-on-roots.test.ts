import { describe, expect, it } from 'vitest';
import { actsOnRoots } from '../../../../../src/engines/healing/guards/acts-on-roots.ts';
import { aCause, anExplanation } from '../../../../support/explanations.ts';
import {
  aBareObject,
  aDraft,
  aLiveDeployment,
  aSituation,
  evict,
  restart,
  saidBy,
  undo,
} from '../../../../support/healing.ts';

const { target, pods } = aLiveDeployment();
const web = { kind: 'Deployment', namespace: 'shop', name: 'web' };
const db = { ...web, name: 'db' };
const draft = aDraft(restart(web), target);
const finding = { rule: 'config-stale-in-pod', object: web, summary: 'Deployment/web is stale', confidence: 0.95 };
const own = aCause({ rule: finding.rule, object: web, next_check: 'kubectl logs web' });
/** A fault of the database that breaks the web shop too. */
const dbDown = aCause({
  rule: 'volume-full',
  object: db,
  summary: 'Deployment/db has a full volume',
  chain: [
    { object: db, message: '1 of 1 pods in CrashLoopBackOff' },
    { object: web, message: '3 of 3 pods in NotReady' },
  ],
  fixes: [{ advice: 'resize PersistentVolumeClaim/data', reason: 'it is full' }],
});

describe('G4, acts on roots', () => {
  it('refuses to restart what fails because of something else, and says what to mend', () => {
    expect(saidBy(actsOnRoots, draft, aSituation({ explanation: anExplanation({ causes: [dbDown] }) }))).toBe(
      'refuse: What Deployment/web shows follows from Deployment/db: Deployment/db has a full volume. Instead: mend Deployment/db: resize PersistentVolumeClaim/data',
    );
  });

  it('refuses to evict a pod of such a workload too', () => {
    const pod = { ...aBareObject('Pod'), ...pods[0] };

    expect(
      saidBy(
        actsOnRoots,
        aDraft(evict(web), pod),
        aSituation({ target: pod, explanation: anExplanation({ causes: [dbDown] }) }),
      ),
    ).toContain('follows from Deployment/db');
  });

  it('refuses when the finding is that of another object', () => {
    const situation = aSituation({
      explanation: anExplanation({ causes: [dbDown] }),
      finding: { ...finding, rule: 'volume-full', object: db },
    });

    expect(saidBy(actsOnRoots, draft, situation)).toContain(
      'refuse: What Deployment/web shows follows from Deployment/db',
    );
  });

  it('allows what the finding of the other object itself proposes', () => {
    const fixes = [
      {
        tool: 'restart_workload',
        arguments: { namespace: 'shop', object: 'deployment/web' },
        reason: 'it is stale',
      },
    ];
    const situation = aSituation({
      explanation: anExplanation({ causes: [{ ...dbDown, fixes }] }),
      finding: { ...finding, rule: 'volume-full', object: db },
    });

    expect(saidBy(actsOnRoots, draft, situation)).toBe(
      'allow: volume-full on Deployment/db is known with a confidence of 0.95.',
    );
  });

  it('does not take a fix of another object, or another tool, for this action', () => {
    const proposing = (tool: string, name: string) => {
      const fixes = [{ tool, arguments: { namespace: 'shop', object: `deployment/${name}` }, reason: 'it is stale' }];
      return saidBy(actsOnRoots, draft, aSituation({ explanation: anExplanation({ causes: [{ ...dbDown, fixes }] }) }));
    };

    expect(proposing('restart_workload', 'db')).toContain('refuse: ');
    expect(proposing('scale_workload', 'web')).toContain('refuse: ');
    expect(proposing('restart_workload', 'web')).toContain('approve: restart_workload on Deployment/web is a wish');
  });

  it('does not mind causes that lead elsewhere, nor others beside its own', () => {
    const elsewhere = { ...dbDown, chain: [{ object: db, message: 'is not ready' }] };
    const saidWith = (...causes: (typeof dbDown)[]) =>
      saidBy(actsOnRoots, draft, aSituation({ explanation: anExplanation({ causes }) }));

    expect(saidWith(elsewhere)).toContain('approve: ');
    expect(saidWith(dbDown, own)).toContain('approve: ');
    expect(saidWith(elsewhere, dbDown)).toContain('refuse: ');
  });

  it('asks when the finding has nothing to do with the target', () => {
    const situation = aSituation({ finding: { ...finding, object: db } });

    expect(saidBy(actsOnRoots, draft, situation)).toBe(
      'approve: config-stale-in-pod was found on Deployment/db, not on Deployment/web.',
    );
  });

  it('says what its own tool would do to the cause', () => {
    const fixes = [{ tool: 'resize_workload', arguments: {}, reason: 'it needs more memory' }];
    const explanation = anExplanation({ causes: [{ ...dbDown, fixes }] });

    expect(saidBy(actsOnRoots, draft, aSituation({ explanation }))).toContain(
      'Instead: mend Deployment/db: resize_workload: it needs more memory',
    );
  });

  it('allows the root, when it is known well enough for nobody to be asked', () => {
    const situation = aSituation({ finding, explanation: anExplanation({ causes: [own] }), tier: 'unattended' });

    expect(saidBy(actsOnRoots, draft, situation)).toBe(
      'allow: config-stale-in-pod on Deployment/web is known with a confidence of 0.95.',
    );
  });

  it('wants a person asked for what is less certain, and refuses what is a guess', () => {
    const explanation = anExplanation({ causes: [own] });
    const saidWith = (confidence: number, tier: 'approve' | 'unattended') =>
      saidBy(actsOnRoots, draft, aSituation({ finding: { ...finding, confidence }, explanation, tier }));

    expect(saidWith(0.84, 'unattended')).toBe(
      'approve: config-stale-in-pod on Deployment/web is known with a confidence of 0.84, less than the 0.85 that nobody has to be asked for.',
    );
    expect(saidWith(0.85, 'unattended')).toContain('allow: ');
    expect(saidWith(0.6, 'approve')).toContain('allow: ');
    expect(saidWith(0.59, 'approve')).toBe(
      'refuse: config-stale-in-pod on Deployment/web is known with a confidence of 0.59, less than 0.6. Instead: look first: kubectl logs web',
    );
    expect(saidWith(Number.NaN, 'approve')).toContain('refuse: ');
  });

  it('lets a person wish for something without a finding, and nobody else', () => {
    expect(saidBy(actsOnRoots, draft, aSituation())).toBe(
      'approve: restart_workload on Deployment/web is a wish of its own: no cause was found that it would mend.',
    );
    expect(saidBy(actsOnRoots, draft, aSituation({ tier: 'unattended' }))).toContain('refuse: No cause was found');
  });

  it('does not stand against taking an action back', () => {
    expect(saidBy(actsOnRoots, aDraft(undo(web), target), aSituation())).toBe('nothing');
  });

  it('allows nothing by itself on a bare object', () => {
    const bare = aBareObject('Pod');

    expect(saidBy(actsOnRoots, aDraft(evict(web), bare), aSituation({ target: bare, tier: 'unattended' }))).toContain(
      'refuse: ',
    );
  });
});
