import { describe, expect, it } from 'vitest';
import { expectedFields } from '../../../../../src/engines/healing/guards/expected-fields.ts';
import { aPod } from '../../../../support/builders.ts';
import {
  aBareObject,
  aDraft,
  aLiveDeployment,
  aSituation,
  drain,
  evict,
  restart,
  saidBy,
  scale,
} from '../../../../support/healing.ts';
import { aNode } from '../../../../support/nodes.ts';

const web = { kind: 'Deployment', namespace: 'shop', name: 'web' };
const { target } = aLiveDeployment();
const draft = aDraft(scale(web, 4), target);

describe('G9, expected fields', () => {
  it('refuses when the server would change more than was asked, and names the fields', () => {
    const unexpected = ['spec.template.spec.containers[sidecar]', 'metadata.labels.team'];

    expect(saidBy(expectedFields, draft, aSituation({ dryRun: { write: { ok: true }, unexpected } }))).toBe(
      'refuse: The API server would change fields of Deployment/web that the action does not: spec.template.spec.containers[sidecar], metadata.labels.team. Instead: look which webhook or admission policy changes them; until then do it by hand',
    );
  });

  it('counts what it does not name of very many', () => {
    const unexpected = Array.from({ length: 8 }, (_, index) => `field${index}`);

    expect(saidBy(expectedFields, draft, aSituation({ dryRun: { unexpected } }))).toContain('field4 and 3 more.');
    expect(saidBy(expectedFields, draft, aSituation({ dryRun: { unexpected: unexpected.slice(0, 5) } }))).toContain(
      'field3, field4.',
    );
  });

  it('refuses a change that changes nothing', () => {
    expect(saidBy(expectedFields, { ...draft, changes: [] }, aSituation())).toBe(
      'refuse: The action changes no field of Deployment/web. Instead: nothing has to be done: it is as wanted',
    );
  });

  it('allows a change that is shown, and an eviction, which changes no field', () => {
    const node = aNode('node-1');
    const draining = aDraft(drain({ kind: 'Node', name: 'node-1' }), node, { pods: [aPod('web-1')], changes: [] });

    expect(saidBy(expectedFields, draining, aSituation({ target: node }))).toContain('refuse: ');
    expect(saidBy(expectedFields, draft, aSituation())).toBe('allow: Only spec.replicas of Deployment/web changes.');
    expect(saidBy(expectedFields, aDraft(evict(web), aPod('web-1')), aSituation({ target: aPod('web-1') }))).toContain(
      'allow: No field changes.',
    );
  });

  it('refuses a bare object without changes', () => {
    const bare = aBareObject('Deployment');

    expect(saidBy(expectedFields, aDraft(restart(web), bare, { changes: [] }), aSituation({ target: bare }))).toContain(
      'refuse: ',
    );
  });
});
