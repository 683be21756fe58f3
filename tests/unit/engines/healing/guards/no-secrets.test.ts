import { describe, expect, it } from 'vitest';
import { preconditionOf } from '../../../../../src/engines/healing/action.ts';
import type { FieldChange } from '../../../../../src/engines/healing/draft.ts';
import { noSecrets } from '../../../../../src/engines/healing/guards/no-secrets.ts';
import {
  aBareObject,
  aDraft,
  aLiveDeployment,
  aSituation,
  restart,
  saidBy,
  setImage,
} from '../../../../support/healing.ts';

const web = { kind: 'Deployment', namespace: 'shop', name: 'web' };
const { target } = aLiveDeployment();
const showing = (field: string, before?: string, after?: string) => {
  const change: FieldChange = { object: web, field, before, after };
  return saidBy(noSecrets, aDraft(restart(web), target, { changes: [change] }), aSituation());
};
const variable = 'spec.template.spec.containers[app].env[PASSWORD].value';

describe('G38, no secrets', () => {
  it('allows a plan without values of variables', () => {
    expect(showing('spec.template.spec.containers[app].image', 'app:1', 'app:2')).toContain('allow: ');
    expect(showing(variable, '(value)', '(value)')).toContain('allow: ');
    expect(showing(variable, undefined, '[REDACTED:password#12ab]')).toContain('allow: ');
    expect(showing('spec.template.spec.containers[app].env[PASSWORD].valueFrom', 'Secret/db', 'Secret/db2')).toContain(
      'allow: ',
    );
  });

  it('refuses a plan that shows one', () => {
    expect(showing(variable, '(value)', 'hunter2')).toBe(
      `refuse: The plan shows the value of ${variable} of Deployment/web. Instead: plan again, without values`,
    );
  });

  it('refuses a plan that writes one, on the way there or back', () => {
    const steps = [{ op: 'replace' as const, path: '/spec/template/spec/containers/0/env/1/value', value: 'hunter2' }];
    const patch = { verb: 'patch' as const, on: preconditionOf(target), steps };

    expect(saidBy(noSecrets, aDraft(restart(web), target, { operations: [patch] }), aSituation())).toContain(
      'refuse: The plan would write /spec/template/spec/containers/0/env/1/value, the value of a variable.',
    );
    expect(saidBy(noSecrets, aDraft(restart(web), target, { inverse: [patch] }), aSituation())).toContain('refuse: ');
    expect(saidBy(noSecrets, aDraft(setImage(web, 'app:2'), target), aSituation())).toContain('allow: ');
  });

  it.each(['ConfigMap', 'Secret'])('never edits a %s', (kind) => {
    const bare = aBareObject(kind);

    expect(saidBy(noSecrets, aDraft(restart(web), bare), aSituation({ target: bare }))).toBe(
      `refuse: ${kind}/bare would be edited. Instead: edit it where it comes from, then restart what reads it`,
    );
  });
});
