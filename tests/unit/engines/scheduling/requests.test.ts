import { expect, it } from 'vitest';
import { podLimits, podRequests } from '../../../../src/engines/scheduling/requests.ts';

const asking = (cpu: string, more = {}) => ({ name: `c${cpu}`, resources: { requests: { cpu } }, ...more });

it.each([
  ['containers together', { containers: [asking('100m'), asking('250m')] }, { cpu: 0.35 }],
  ['a larger init container', { initContainers: [asking('1')], containers: [asking('100m')] }, { cpu: 1 }],
  [
    'sidecars beside the containers, and beside the init containers after them',
    { initContainers: [asking('200m', { restartPolicy: 'Always' }), asking('1')], containers: [asking('100m')] },
    { cpu: 1.2 },
  ],
  [
    'sidecars beside the containers when these are larger',
    { initContainers: [asking('1'), asking('200m', { restartPolicy: 'Always' })], containers: [asking('900m')] },
    { cpu: 1.1 },
  ],
  [
    'what the pod as a whole asks for',
    { containers: [asking('100m')], resources: { requests: { cpu: '2' } } },
    { cpu: 2 },
  ],
  ['the overhead of the runtime', { containers: [asking('100m')], overhead: { cpu: '50m' } }, { cpu: 0.15 }],
  ['nothing when nothing is asked', { containers: [{ name: 'app' }] }, {}],
  ['nothing of half a pod', undefined, {}],
])('reserves %s', (_, spec, expected) => {
  const requests = podRequests(spec);

  expect(Object.keys(requests)).toEqual(Object.keys(expected));
  expect(requests['cpu'] ?? 0).toBeCloseTo('cpu' in expected ? expected.cpu : 0);
});

it('sums limits alike, without what is no quantity', () => {
  const limits = (memory: string) => ({ name: memory, resources: { limits: { memory } } });

  expect(podLimits({ containers: [limits('64Mi'), limits('1Gi'), limits('much')] })).toEqual({
    memory: 1088 * 2 ** 20,
  });
});
