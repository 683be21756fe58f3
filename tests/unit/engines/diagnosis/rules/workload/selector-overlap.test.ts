import { describe, expect, it } from 'vitest';
import { svcSelectorTooBroad } from '../../../../../../src/engines/diagnosis/rules/service/svc-selector-too-broad.ts';
import { selectorOverlap } from '../../../../../../src/engines/diagnosis/rules/workload/selector-overlap.ts';
import { aContainer, aDeployment, anObject, aSnapshot } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const workload = (
  kind: 'Deployment' | 'StatefulSet',
  name: string,
  {
    selector = { app: 'web' },
    labels = selector,
    spec = {},
    namespace = 'shop',
  }: {
    selector?: object;
    labels?: object;
    spec?: object;
    namespace?: string;
  } = {},
) =>
  anObject(kind, name, {
    metadata: { namespace },
    spec: { selector: { matchLabels: selector }, template: { metadata: { labels } }, ...spec },
  });
const web = workload('Deployment', 'web');

testRule(selectorOverlap, {
  silent: {
    'labels of their own': aSnapshot({ objects: [web, workload('Deployment', 'api', { selector: { app: 'api' } })] }),
    'a shared label beside one of their own': aSnapshot({
      objects: [
        workload('Deployment', 'a', { selector: { app: 'web', track: 'a' } }),
        workload('Deployment', 'b', { selector: { app: 'web', track: 'b' } }),
      ],
    }),
    'one that selects the other only': aSnapshot({
      objects: [
        workload('Deployment', 'a', { labels: { app: 'web', track: 'a' } }),
        workload('Deployment', 'b', { selector: { app: 'web', track: 'b' } }),
      ],
    }),
    'another namespace': aSnapshot({ objects: [web, workload('Deployment', 'web-2', { namespace: 'other' })] }),
    'one that was scaled to zero': aSnapshot({
      objects: [web, workload('Deployment', 'web-2', { spec: { replicas: 0 } })],
    }),
    'a selector that is empty': aSnapshot({
      objects: [web, workload('Deployment', 'x', { selector: {}, labels: { app: 'web' } })],
    }),
  },
  speaks: {
    'of two with the same selector': [
      aSnapshot({ objects: [web, workload('StatefulSet', 'web-db')] }),
      {
        object: 'StatefulSet/web-db',
        problem: 'and Deployment/web select the pods of both: spec.selector is app=web in both',
        culprit: 'Deployment/web',
        certainty: 'recomputed',
        evidence: ['spec.selector is app=web, its pods have app=web'],
        fix: 'create StatefulSet/web-db anew with a label',
      },
    ],
    'of selectors that differ and meet both': [
      aSnapshot({
        objects: [
          workload('Deployment', 'a', { selector: { app: 'web' }, labels: { app: 'web', tier: 'x' } }),
          workload('Deployment', 'b', { selector: { tier: 'x' }, labels: { app: 'web', tier: 'x' } }),
        ],
      }),
      { object: 'Deployment/b', problem: 'spec.selector is tier=x and app=web' },
    ],
  },
});

describe('two controllers behind one Service', () => {
  it('are left to the rule that names the Service', () => {
    const running = (name: string) =>
      aDeployment(name, {
        pod: { metadata: { labels: { app: 'web' } }, containers: [aContainer('app', { image: `example/${name}:1` })] },
        spec: { selector: { matchLabels: { app: 'web' } } },
      }).all;
    const service = anObject('Service', 'web', { spec: { selector: { app: 'web' }, ports: [{ port: 80 }] } });
    const objects = [...running('a'), ...running('b')];
    const alone = aSnapshot({ objects });
    const behind = aSnapshot({ objects: [...objects, service] });
    const named = svcSelectorTooBroad.check(behind, []).map((finding) => ({ ...finding, rule: svcSelectorTooBroad }));

    expect(selectorOverlap.check(alone, []).length).toBe(1);
    expect(named.length).toBe(1);
    expect(selectorOverlap.check(behind, named)).toEqual([]);
  });
});
