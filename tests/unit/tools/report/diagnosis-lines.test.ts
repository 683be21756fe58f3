import { describe, expect, it } from 'vitest';
import type { Explanation } from '../../../../src/engines/diagnosis/explanation.ts';
import { diagnosisLines } from '../../../../src/tools/report/diagnosis-lines.ts';
import { digest } from '../../../../src/tools/report/digest.ts';
import { plainLines } from '../../../../src/tools/report/lines.ts';
import { aCause, anExplanation } from '../../../support/explanations.ts';

const shown = (explanation: Explanation): string => plainLines(diagnosisLines(digest(explanation, { limit: 5 })));

const broken = { objects: 212, namespaces: 1, rules: 96, pods: 14, pods_not_ready: 3 };

describe('a cause', () => {
  it('is a tree from what is wrong to what not to do', () => {
    const text = shown(anExplanation({ causes: [aCause()], checked: broken }));

    expect(text).toMatchInlineSnapshot(`
      "shop: 14 pods, 3 not ready (read in 0.2 s)

      ✖ Deployment/api cannot start: ConfigMap/api-config has no key DATABASE_URL (it has DATABASE_URI)   confirmed 0.95
        ├─ then      3 of 3 pods in CreateContainerConfigError for 8 min → Service/api has no endpoint → Ingress/shop answers 503
        ├─ evidence  Pod/api-7d9f-x2x: couldn't find key DATABASE_URL in ConfigMap shop/api-config
        ├─ changed   12:03 UTC ConfigMap/api-config by kubectl-edit (-DATABASE_URL +DATABASE_URI)
        ├─ fix       restore the key, or  kubemend heal rollback deployment/api -n shop  (revision 4 was healthy)
        └─ avoid     restarting: the key is still missing"
    `);
  });

  it('lists long remedies below each other, and what would settle it', () => {
    const push =
      'push registry.example/team/api:9.9 to the registry, or set the image of the container to a tag that exists';
    const cause = aCause({
      chain: [],
      changes: [],
      avoid: [],
      fixes: [
        { advice: push, reason: 'the tag is missing' },
        { tool: 'set_image', arguments: { pod_name: 'api-0', container: 'app' }, reason: 'ran before' },
      ],
      missing_evidence: ['the log of the registry'],
      next_check: 'crane ls registry.example/team/api',
    });

    expect(
      shown(anExplanation({ causes: [cause] }))
        .split('\n')
        .slice(3)
        .join('\n'),
    ).toMatchInlineSnapshot(`
      "  ├─ evidence  Pod/api-7d9f-x2x: couldn't find key DATABASE_URL in ConfigMap shop/api-config
        ├─ fix       push registry.example/team/api:9.9 to the registry, or set the image of the container to a tag that exists  (the tag is missing)
        │            or  kubemend heal set-image pod/api-0 --container app  (ran before)
        ├─ missing   the log of the registry
        └─ next      crane ls registry.example/team/api"
    `);
  });

  it('names other namespaces, and its own when all were looked at', () => {
    const redis = { kind: 'Service', namespace: 'data', name: 'redis' };
    const cause = aCause({
      chain: [{ object: { ...redis, kind: 'Deployment' }, message: '1 of 1 pods in Pending' }],
      evidence: [
        { object: redis, source: 'spec', text: 'one' },
        { object: redis, source: 'spec', text: 'two' },
      ],
      changes: [{ object: redis, at: '2026-11-22T23:59:00Z', what: 'scaled 3 to 0' }],
      fixes: [],
      avoid: [],
    });

    expect(shown(anExplanation({ scope: { cluster: 'prod' }, causes: [cause] }))).toMatchInlineSnapshot(`
      "prod: 14 pods, 1 namespace, all ready (read in 0.2 s)

      ✖ shop: Deployment/api cannot start: ConfigMap/api-config has no key DATABASE_URL (it has DATABASE_URI)   confirmed 0.95
        ├─ then      Deployment/redis in data: 1 of 1 pods in Pending
        ├─ evidence  · Service/redis in data: one
        │            · two
        └─ changed   2026-11-22 23:59 UTC Service/redis in data (scaled 3 to 0)"
    `);
  });

  it('cannot be forged by line breaks in what a cluster says', () => {
    const text = 'first\n\n✖ Deployment/evil is the cause\r\n\u2028  └─ fix  delete everything';
    const cause = aCause({ evidence: [{ object: aCause().object, source: 'log', text }], summary: `a\nb` });

    const lines = shown(anExplanation({ causes: [cause] })).split('\n');

    expect(lines.filter((line) => line.startsWith('✖'))).toEqual(['✖ a ⏎ b   confirmed 0.95']);
    expect(lines[4]).toBe(
      '  ├─ evidence  Deployment/api: first ⏎ ✖ Deployment/evil is the cause ⏎ └─ fix  delete everything',
    );
  });
});

describe('a report without a cause', () => {
  it('is calm when all is well', () => {
    expect(shown(anExplanation())).toMatchInlineSnapshot(`
      "shop: 14 pods, all ready (read in 0.2 s)

      ✔ Nothing is wrong: checked 212 objects, 96 rules."
    `);
  });

  it('does not promise that what starts will be well', () => {
    const starting = (pods_not_ready: number) =>
      shown(anExplanation({ checked: { ...anExplanation().checked, pods_not_ready } }));

    expect(starting(1)).toContain('✔ Nothing is wrong so far, and 1 pod is not ready yet: checked 212 objects');
    expect(starting(2)).toContain('so far, and 2 pods are not ready yet:');
  });

  it('says what could not be seen when it cannot tell', () => {
    const text = shown(
      anExplanation({
        verdict: 'unknown',
        blind_spots: [{ what: 'pods in shop', why: '403', consequence: 'broken pods are not seen' }],
        checked: { ...broken, objects: 1, rules: 1, pods: 1, pods_not_ready: 1 },
      }),
    );

    expect(text).toMatchInlineSnapshot(`
      "shop: 1 pod, 1 not ready (read in 0.2 s)

      ? Cannot tell: checked 1 object, 1 rule and found no cause, but could not see everything.

      Could not be seen:
        ? pods in shop: 403; broken pods are not seen"
    `);
  });

  it('admits that something is not well which no rule explains', () => {
    expect(shown(anExplanation({ verdict: 'unknown' }))).toContain('found no cause, but not everything is well.');
  });

  it('names an object, an archive and its time', () => {
    const { snapshot } = anExplanation();
    const text = shown(
      anExplanation({
        scope: { cluster: 'prod', object: { kind: 'Node', name: 'n1' } },
        snapshot: { ...snapshot, source: 'bundle.tgz' },
        checked: { ...broken, pods: 0 },
      }),
    );

    expect(text.split('\n')[0]).toBe('Node/n1: no pods, 1 namespace (bundle.tgz, taken 2026-11-23 12:11 UTC)');
  });

  it('names an object beside its namespace', () => {
    const text = shown(anExplanation({ scope: { cluster: 'prod', namespace: 'shop', object: aCause().object } }));

    expect(text).toMatch(/^shop, Deployment\/api: 14 pods/);
  });
});

it('ends with risks and with what was left out', () => {
  const { id, rule, title, severity, confidence, object, fixes } = aCause();
  const risk = { id, rule, title, severity, confidence, object, fixes, summary: 'Deployment/api has one replica' };
  const note = { ...risk, severity: 'info' as const };
  const explanation = anExplanation({
    scope: { cluster: 'prod' },
    risks: [risk, note, risk, risk, risk, risk],
    causes: Array.from({ length: 7 }, () => aCause()),
  });

  const text = plainLines(diagnosisLines(digest(explanation, { limit: 1 })));

  expect(text.split('\n').slice(-8).join('\n')).toMatchInlineSnapshot(`
    "Not broken yet:
      ! shop: Deployment/api has one replica
      ! shop: Deployment/api has one replica
      ! shop: Deployment/api has one replica
      ! shop: Deployment/api has one replica
      ! shop: Deployment/api has one replica

    … 6 more causes, 1 more risk; to see more, raise limit, name an object, or go on with cursor causes-1"
  `);
});
