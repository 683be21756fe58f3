import { AppError } from '../../platform/errors.ts';

export interface Page {
  readonly limit: number;
  /** The server's continue token. */
  readonly next?: string | undefined;
}

/** Items of a whole list. */
export interface Listed<T> {
  readonly items: readonly T[];
  /** Cut at a cap: there are more. */
  readonly truncated: boolean;
}

interface Loaded<T> {
  readonly items: readonly T[];
  readonly next: string | undefined;
}

/** Items of one list; beyond that a list says more about the cluster than about what is broken. */
const maximumItems = 100_000;
/** Pages are cut to a tenth when one is larger than an answer may be: a list of ConfigMaps of 1 MiB each. */
const smallestPage = 5;

/** Pages until the end or a cap. A list that expired on the way (410) starts again, once; after that it counts as cut. */
export async function allPages<T>(size: number, load: (page: Page) => Promise<Loaded<T>>): Promise<Listed<T>> {
  const items: T[] = [];
  let limit = size;
  let next: string | undefined;
  let restarted = false;
  while (items.length < maximumItems) {
    try {
      const page = await load({ limit, next });
      for (const item of page.items) items.push(item);
      next = page.next;
      if (next === undefined) return { items, truncated: false };
    } catch (error) {
      if (isTooLarge(error) && limit > smallestPage) {
        limit = Math.max(smallestPage, Math.floor(limit / 10));
      } else if (isExpired(error) && !restarted) {
        restarted = true;
        items.length = 0;
        next = undefined;
      } else if (items.length > 0 && (isTooLarge(error) || isExpired(error))) {
        return { items, truncated: true };
      } else throw error;
    }
  }
  return { items, truncated: true };
}

const isTooLarge = (error: unknown): boolean => error instanceof AppError && error.details.too_large === true;
const isExpired = (error: unknown): boolean => error instanceof AppError && error.details.status === 410;
