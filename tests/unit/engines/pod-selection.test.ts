import { describe, expect, it } from 'vitest';
import { podSelectionOf } from '../../../src/engines/pod-selection.ts';
import { aDeployment, anObject, aPod, ownedBy } from '../../support/builders.ts';

const labelled = (labels: Record<string, string>) => aPod('web', { metadata: { labels } });

describe('podSelectionOf', () => {
  it('takes the selector of a workload', () => {
    const { deployment, pods } = aDeployment('api');
    const selection = podSelectionOf(deployment);

    expect(selection?.query).toBe('app=api');
    expect([...pods, labelled({ app: 'web' })].map((pod) => selection?.includes(pod))).toEqual([true, false]);
  });

  it('takes the selector of a Service', () => {
    const selection = podSelectionOf(anObject('Service', 'web', { spec: { selector: { app: 'web' } } }));

    expect(selection?.query).toBe('app=web');
    expect(selection?.includes(labelled({ app: 'web', tier: 'x' }))).toBe(true);
  });

  it('finds the pods of a CronJob by their Jobs', () => {
    const selection = podSelectionOf(anObject('CronJob', 'nightly'));
    const pod = (job: string) => aPod('p', { metadata: ownedBy(anObject('Job', job)) });

    expect(['nightly-29000000', 'nightly-report-29000000'].map((job) => selection?.includes(pod(job)))).toEqual([
      true,
      false,
    ]);
  });

  it.each([anObject('ConfigMap', 'a'), anObject('Service', 'external', { spec: {} })])(
    'knows what has none',
    (object) => {
      expect(podSelectionOf(object)).toBeUndefined();
    },
  );
});
