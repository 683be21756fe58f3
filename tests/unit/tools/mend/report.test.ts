import { describe, expect, it } from 'vitest';
import { preconditionOf } from '../../../../src/engines/healing/action.ts';
import { actionReport, reportOf } from '../../../../src/tools/mend/report.ts';
import { reportLines } from '../../../../src/tools/mend/report-lines.ts';
import { aRecord } from '../../../support/action-records.ts';
import { aPod } from '../../../support/builders.ts';
import { aLiveDeployment } from '../../../support/healing.ts';

const on = preconditionOf(aLiveDeployment().target);
const wayBack = (fields: Parameters<typeof aRecord>[0]) => reportOf(aRecord(fields)).way_back;

describe('the report of an action', () => {
  it('is what its schema says, and holds no operation', () => {
    const report = reportOf(aRecord());

    expect(actionReport.strict().parse(report)).toEqual(report);
    expect(JSON.stringify(report)).not.toContain('resourceVersion');
  });

  it('says in words how each write is taken back', () => {
    const from = { kind: 'ReplicaSet', namespace: 'shop', name: 'web-1' };

    expect(wayBack({ inverse: [{ verb: 'set_template', on, from, digest: '' }] })).toContain(
      'Deployment/web gets the template of ReplicaSet/web-1 back',
    );
    expect(wayBack({ inverse: [{ verb: 'scale', on, replicas: 3 }] })).toContain('Deployment/web gets 3 replicas back');
    expect(wayBack({ inverse: [{ verb: 'evict', on: preconditionOf(aPod('web-1')) }] })).toContain(
      'Pod/web-1 is evicted',
    );
    expect(
      wayBack({
        inverse: [
          {
            verb: 'patch',
            on,
            steps: [
              { op: 'remove', path: '/a' },
              { op: 'add', path: '/b', value: 'x' },
            ],
          },
        ],
      }),
    ).toContain('Deployment/web /a is removed; Deployment/web /b becomes "x"');
  });

  it('says that there is none, and what of it there is not', () => {
    expect(wayBack({ irreversible: 'the pod is gone' })).toBe('none: the pod is gone');
    expect(wayBack({ irreversible: undefined })).toBe('none: nothing to go back to');
    expect(wayBack({ inverse: [{ verb: 'scale', on, replicas: 3 }], irreversible: 'pods do not return' })).toBe(
      'Deployment/web gets 3 replicas back; but pods do not return',
    );
  });
});

describe('a plan as text', () => {
  it('fits on a screen', () => {
    const id = '0'.repeat(26);

    expect(
      reportLines(reportOf(aRecord({ id, irreversible: 'pods do not return' }))).join('\n'),
    ).toMatchInlineSnapshot(`
      "Restart Deployment/web in shop  (planned)
        mends     it crashes (confidence 0.9)
        changes   spec.template.metadata.annotations: (none) → 2026-11-23T12:00:00Z
        touches   2 pods, 1 ready; web
        refused   G2: no
        way back  none: pods do not return
        success   two pods are ready, within 10 min
        id        00000000000000000000000000, until 2026-11-23T12:09:00.000Z"
    `);
  });

  it('ends with its steps once it was approved', () => {
    const steps = [{ at: '2026-11-23T12:00:05Z', state: 'healthy', by: 'ann', text: 'verified' }] as const;
    const lines = reportLines(reportOf(aRecord({ state: 'healthy', steps })));

    expect(lines.at(-1)).toBe('  12:00:05  healthy: verified (ann)');
    expect(lines.at(-2)).not.toContain('until');
  });

  it('names other objects that change, and cuts a long list', () => {
    const change = (index: number) => ({
      object: { kind: 'Pod', namespace: 'shop', name: `web-${index}` },
      field: 'the pod',
      after: 'evicted',
    });
    const lines = reportLines(reportOf(aRecord({ changes: Array.from({ length: 23 }, (_, index) => change(index)) })));

    expect(lines).toContain('  changes   Pod/web-0 the pod: (none) → evicted');
    expect(lines).toContain('  changes   … 3 more');
  });
});
