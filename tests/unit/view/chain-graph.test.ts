import { describe, expect, it } from 'vitest';
import { type Box, layOut, shortened, stepsOf } from '../../../src/view/chain-graph.ts';

const ref = (path: string) => {
  const [kind = '', name = ''] = path.split('/');
  return { kind, namespace: 'shop', name };
};
const aCause = (chain: readonly (readonly [path: string, message: string])[], affected = {}) => ({
  object: ref('Deployment/queue'),
  title: 'The image tag does not exist',
  chain: chain.map(([path, message]) => ({ object: ref(path), message })),
  affected: { pods: 1, services: [], routes: [], ...affected },
});
const long = aCause([
  ['Deployment/queue', '1 of 1 pods in ImagePullBackOff'],
  ['Service/queue', 'has no endpoint'],
  ['Ingress/shop', 'answers 503'],
]);

describe('the steps of a chain', () => {
  it('begin with the cause and end with what users see', () => {
    expect(stepsOf(long).map(({ name, role }) => [name, role])).toEqual([
      ['queue', 'cause'],
      ['queue', 'step'],
      ['shop', 'seen'],
    ]);
  });

  it('begin with the cause also where the chain does not', () => {
    expect(stepsOf(aCause([['StatefulSet/search', 'waits']]))).toMatchObject([
      { name: 'queue', text: 'The image tag does not exist', role: 'cause' },
      { name: 'search', role: 'seen' },
    ]);
  });

  it('tell what else is affected once, with what is known of it', () => {
    const affected = { services: ['Service/queue', 'Service/mail'], routes: ['Ingress/shop shop.example/mail'] };

    expect(stepsOf({ ...aCause([['Service/queue', 'has no endpoint']], affected) }).slice(2)).toMatchObject([
      { kind: 'Service', name: 'mail', role: 'besides' },
      { kind: 'Ingress', name: 'shop', text: 'shop.example/mail', role: 'besides' },
    ]);
  });
});

const overlap = (a: Box, b: Box): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

describe('the drawing of a chain', () => {
  const affected = { services: ['Service/mail', 'Service/news'], routes: [] };
  const steps = stepsOf({ ...long, affected: { ...long.affected, ...affected } });

  it.each([240, 360, 640, 1200])('fits a width of %d, and no box lies on another', (width) => {
    const graph = layOut(steps, width);
    const pairs = graph.boxes.flatMap((a, index) => graph.boxes.slice(index + 1).map((b) => overlap(a, b)));

    expect(graph.width).toBeLessThanOrEqual(width);
    expect(graph.boxes).toHaveLength(5);
    expect(pairs).not.toContain(true);
    expect([graph.arrows.length, graph.ties.length]).toEqual([2, 2]);
  });

  it('goes across where there is room, and down where there is none', () => {
    const tops = (width: number) => new Set(layOut(stepsOf(long), width).boxes.map(({ y }) => y)).size;

    expect([tops(900), tops(360)]).toEqual([1, 3]);
  });

  it('breaks long texts, and says where something is missing', () => {
    const words = 'word '.repeat(200);
    const [box] = layOut(stepsOf(aCause([['Deployment/queue', words + 'x'.repeat(500)]])), 300).boxes;

    expect(box?.lines).toHaveLength(4);
    expect(box?.lines.at(-1)).toMatch(/…$/);
    expect(Math.max(...(box?.lines ?? []).map(({ length }) => length))).toBeLessThanOrEqual(45);
  });

  it('cuts no character in two', () => {
    expect(shortened('ab😀cd', 4)).toBe('ab\u{FFFD}…');
  });
});
