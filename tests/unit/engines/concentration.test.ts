import { describe, expect, it } from 'vitest';
import { chanceOf, concentrationOf } from '../../../src/engines/concentration.ts';

describe('the chance that marked ones are drawn', () => {
  it('is one when none is asked for', () => {
    expect(chanceOf(20, 4, 5, 0)).toBeCloseTo(1, 10);
  });

  it('is that of drawing all of them', () => {
    // 1 / C(20, 2): both marked ones in a draw of two.
    expect(chanceOf(20, 2, 2, 2)).toBeCloseTo(1 / 190, 10);
  });

  it('adds up what is at least as rare', () => {
    // (C(5,2)·C(5,1) + C(5,3)) / C(10,3)
    expect(chanceOf(10, 5, 3, 2)).toBeCloseTo(60 / 120, 10);
  });

  it('is zero for what cannot be', () => {
    expect(chanceOf(10, 2, 3, 3)).toBe(0);
  });
});

describe('a concentration', () => {
  it('counts those inside and outside', () => {
    const counts = concentrationOf(
      [1, 2, 3, 4, 5, 6],
      (each) => each <= 2,
      (each) => each === 1 || each === 6,
    );

    expect(counts).toMatchObject({ inside: 2, failingInside: 1, outside: 4, failingOutside: 1 });
  });
});
