import { describe, expect, it } from 'vitest';
import { blastRadius, budgetsOver, servicesOver, touchedPods } from '../../../../src/engines/healing/blast-radius.ts';
import { anObject, aSnapshot } from '../../../support/builders.ts';
import { aLiveDeployment } from '../../../support/healing.ts';

const web = aLiveDeployment();
const ref = { kind: 'Deployment', namespace: 'shop', name: 'web' };
const service = (name: string, selector: object | undefined, namespace = 'shop') =>
  anObject('Service', name, { metadata: { namespace }, spec: { selector } });
const budget = (name: string, selector: object | undefined, disruptionsAllowed?: number) =>
  anObject('PodDisruptionBudget', name, { spec: { selector }, status: { disruptionsAllowed } });
const among = (...objects: Parameters<typeof aSnapshot>[0] extends infer _ ? readonly object[] : never) =>
  aSnapshot({ objects: [...web.all, ...(objects as never[])] });

describe('the pods that an action touches', () => {
  it('are those of a workload, of a node, or the pod itself', () => {
    expect(touchedPods(among(), ref)).toHaveLength(3);
    expect(touchedPods(among(), { kind: 'Node', name: 'node-1' })).toHaveLength(3);
    expect(touchedPods(among(), { kind: 'Node', name: 'node-2' })).toEqual([]);
    expect(touchedPods(among(), { kind: 'Pod', namespace: 'shop', name: 'web-5d8f-1' })).toHaveLength(1);
  });
});

describe('who notices', () => {
  it('is whatever sends traffic to one of the pods, and no Service of another namespace or without a selector', () => {
    const snapshot = among(
      service('web', { app: 'web' }),
      service('other', { app: 'other' }),
      service('manual', undefined),
      service('empty', {}),
      service('web', { app: 'web' }, 'pay'),
    );

    expect(servicesOver(snapshot, web.pods).map(({ metadata }) => metadata.name)).toEqual(['web']);
  });

  it('is every budget over one of the pods; an empty selector is of all, none is of none', () => {
    const snapshot = among(
      budget('web', { matchLabels: { app: 'web' } }),
      budget('all', {}),
      budget('none', undefined),
    );

    expect(budgetsOver(snapshot, web.pods).map(({ metadata }) => metadata.name)).toEqual(['web', 'all']);
  });

  it('is told in numbers and names', () => {
    const snapshot = among(
      service('web', { app: 'web' }),
      budget('web', { matchLabels: { app: 'web' } }, 1),
      budget('two', {}, 2),
      budget('new', {}),
    );

    expect(blastRadius(snapshot, ref)).toEqual({
      pods: 3,
      ready: 3,
      services: ['Service/web'],
      routes: [],
      budgets: ['web (1 disruption allowed)', 'two (2 disruptions allowed)', 'new (unknown disruptions allowed)'],
    });
  });

  it('is nobody where nothing was read', () => {
    expect(blastRadius(aSnapshot(), ref)).toEqual({ pods: 0, ready: 0, services: [], routes: [], budgets: [] });
  });
});
