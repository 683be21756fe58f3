import { describe, expect, it } from 'vitest';
import type { Cause, Explanation } from '../../../../src/engines/diagnosis/explanation.ts';
import { diagnosis } from '../../../../src/tools/report/diagnosis.ts';
import { diagnosisLines } from '../../../../src/tools/report/diagnosis-lines.ts';
import { answerBytes, cut, digest } from '../../../../src/tools/report/digest.ts';
import { plainLines } from '../../../../src/tools/report/lines.ts';
import { aCause, aCauseOf, anExplanation } from '../../../support/explanations.ts';

const many = <T>(count: number, make: (index: number) => T): readonly T[] =>
  Array.from({ length: count }, (_, i) => make(i));

/** As much as a real incident has, and then some. */
const crowded = (name: string): Cause => {
  const object = { kind: 'Pod', namespace: 'shop', name: `${name}-7d9f8b6c5d-abcde` };
  return aCauseOf(name, {
    evidence: many(12, (index) => ({
      object,
      source: index % 2 ? 'event' : 'log',
      text: `line ${index} ${'x'.repeat(500)}`,
    })),
    chain: many(12, (index) => ({ object: { ...object, name: `${name}-${index}` }, message: `effect ${index}` })),
    changes: many(6, (index) => ({ object, at: '2026-11-23T12:00:00Z', what: `change ${index}` })),
    affected: { pods: 40, services: many(20, (i) => `Service/s${i}`), routes: many(20, (i) => `Ingress/i${i} /`) },
    avoid: many(5, (index) => `thing ${index}`),
  });
};

const sizeOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));
const textOf = (explanation: Explanation, limit = 5): string =>
  plainLines(diagnosisLines(digest(explanation, { limit })));

describe('digest', () => {
  it('leaves a small explanation as it is', () => {
    const explanation = anExplanation({ causes: [aCause()] });

    expect(digest(explanation, { limit: 5 })).toEqual(explanation);
  });

  it.each([1, 2, 5, 9, 40])('keeps the answer on %i crowded causes within 1,500 tokens', (count) => {
    const explanation = anExplanation({ causes: many(count, (index) => crowded(`app-${index}`)) });

    const short = digest(explanation, { limit: 5 });

    expect(sizeOf(short)).toBeLessThanOrEqual(answerBytes);
    expect(Buffer.byteLength(textOf(explanation))).toBeLessThanOrEqual(answerBytes);
    expect(short.causes.length).toBe(Math.min(count, 5));
    expect(diagnosis.parse(short)).toEqual(short);
  });

  it('counts what it left out', () => {
    const explanation = anExplanation({ causes: many(7, (index) => crowded(`app-${index}`)) });

    const { left_out: leftOut } = digest(explanation, { limit: 5 });

    expect(leftOut).toMatchObject({ causes: 2, evidence: expect.any(Number), chain: expect.any(Number) });
  });

  it('gives the best cause more room than the others', () => {
    const { causes } = digest(anExplanation({ causes: many(5, (index) => crowded(`app-${index}`)) }), { limit: 5 });

    expect(JSON.stringify(causes[0]).length).toBeGreaterThan(JSON.stringify(causes[4]).length);
  });

  it('shows every cause that the caller asks for', () => {
    const explanation = anExplanation({ causes: many(20, (index) => aCauseOf(`app-${index}`)) });

    const short = digest(explanation, { limit: 20 });

    expect(short.causes.length).toBe(20);
    expect(short.left_out?.['causes']).toBeUndefined();
  });

  it('goes on after a cursor until every cause was told', () => {
    const explanation = anExplanation({ causes: many(5, (index) => aCauseOf(`app-${index}`)) });
    const told: string[] = [];
    let cursor: string | undefined;
    do {
      const page = digest(explanation, { limit: 2, cursor });
      told.push(...page.causes.map(({ object }) => object.name));
      cursor = page.cursor;
    } while (cursor !== undefined);

    expect(told).toEqual(['app-0', 'app-1', 'app-2', 'app-3', 'app-4']);
  });

  it.each(['causes-0', 'causes-5', 'causes--1', 'causes-1e9', 'causes-', 'x'])('refuses the cursor %s', (cursor) => {
    const explanation = anExplanation({ causes: many(5, (index) => aCauseOf(`app-${index}`)) });

    expect(() => digest(explanation, { limit: 2, cursor })).toThrow('No cause follows this cursor.');
  });

  it('gives up lesser causes when nothing else fits', () => {
    const long = (name: string) => aCauseOf(name, { fixes: [{ advice: 'y'.repeat(1_500), reason: 'z' }] });

    const short = digest(anExplanation({ causes: many(5, (index) => long(`app-${index}`)) }), { limit: 5 });

    expect(short.causes.length).toBe(2);
    expect(short.left_out?.['causes']).toBe(3);
    expect(sizeOf(short)).toBeLessThanOrEqual(answerBytes);
  });

  it('keeps both ends of a chain, and evidence of every source', () => {
    const { causes } = digest(anExplanation({ causes: [crowded('app')] }), { limit: 5 });

    expect(causes[0]?.chain.at(-1)?.message).toBe('effect 11');
    expect(causes[0]?.evidence.slice(0, 2).map(({ source }) => source)).toEqual(['log', 'event']);
  });

  it('shortens risks and blind spots of an empty answer', () => {
    const spot = { what: 'secrets', why: 'w'.repeat(2_000), consequence: 'less' };
    const risk = aCause();
    const explanation = anExplanation({ blind_spots: many(9, () => spot), risks: many(9, () => risk) });

    const short = digest(explanation, { limit: 5 });

    expect(sizeOf(short)).toBeLessThanOrEqual(answerBytes);
    expect(short.left_out).toMatchObject({ blind_spots: expect.any(Number), risks: expect.any(Number) });
  });
});

it('takes the middle out of long evidence: an error ends with its cause', () => {
  const text = `failed to pull: ${'x'.repeat(1_000)}: not found`;
  const evidence = [{ object: aCause().object, source: 'status' as const, text }];

  const { causes } = digest(anExplanation({ causes: [aCause({ evidence })] }), { limit: 5 });

  expect(causes[0]?.evidence[0]?.text).toMatch(/^failed to pull: x+…x+: not found$/);
  expect(causes[0]?.evidence[0]?.text).toHaveLength(400);
});

describe('cut', () => {
  it.each([
    ['abc', 3, 'abc'],
    ['abcd', 3, 'ab…'],
    ['a😀b', 3, 'a\uFFFD…'],
  ])('of %s at %i is %s', (text, most, expected) => {
    expect(cut(text, most)).toBe(expected);
  });
});
