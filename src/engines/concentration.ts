/** How the failing ones of a population lie in one group of it. */
export interface Concentration {
  readonly inside: number;
  readonly failingInside: number;
  readonly outside: number;
  readonly failingOutside: number;
  /** Probability that at least as many failing ones lie inside by chance (hypergeometric, one-sided). */
  readonly chance: number;
}

/** Counts a group against the rest of its population; linear in the size of the group. */
export function concentrationOf<T>(
  population: readonly T[],
  isInside: (item: T) => boolean,
  isFailing: (item: T) => boolean,
): Concentration {
  const within = population.filter(isInside);
  const inside = within.length;
  const failingInside = within.filter(isFailing).length;
  const failing = population.filter(isFailing).length;
  return {
    inside,
    failingInside,
    outside: population.length - inside,
    failingOutside: failing - failingInside,
    chance: chanceOf(population.length, failing, inside, failingInside),
  };
}

/** P(X ≥ hits) where `drawn` are drawn without replacement from `total`, of which `marked` are marked. */
export function chanceOf(total: number, marked: number, drawn: number, hits: number): number {
  let sum = 0;
  for (let count = hits; count <= Math.min(drawn, marked); count++) {
    if (drawn - count > total - marked) continue;
    sum += Math.exp(logChoose(marked, count) + logChoose(total - marked, drawn - count) - logChoose(total, drawn));
  }
  return Math.min(1, sum);
}

function logChoose(n: number, k: number): number {
  let sum = 0;
  for (let index = 1; index <= Math.min(k, n - k); index++) sum += Math.log(n - index + 1) - Math.log(index);
  return sum;
}
