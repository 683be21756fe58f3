import { createHash, randomBytes } from 'node:crypto';

/**
 * Secrets that exist nowhere else, one for each place where they are planted, and how to find them again in whatever
 * leaves: results, logs, spans, archives. A test plants with `at`, collects text, and expects `leaksIn` to be empty.
 */
export interface Canaries {
  /** 32 letters and digits, as a machine would make them: always the same for the same place. */
  at(place: string): string;
  /**
   * The places of which ten characters or more show in the text: as they are (URL-encoded and JSON-escaped text has them
   * so too), in base64 at any offset, or in hex; across line breaks and other white space.
   */
  leaksIn(text: string): readonly string[];
  /** What was planted so far. */
  readonly places: readonly string[];
}

/** So many characters of a secret are enough to call it one, and too many to be there by chance. */
const width = 10;

/** @param salt makes canaries of one run different from those of another on the same cluster. */
export function createCanaries(salt = randomBytes(8).toString('hex')): Canaries {
  const planted = new Map<string, string>();
  const placeOf = new Map<string, string>();

  return {
    at(place) {
      const known = planted.get(place);
      if (known !== undefined) return known;
      const secret = secretFrom(`${salt} ${place}`);
      planted.set(place, secret);
      for (const form of formsOf(secret)) for (const part of windowsOf(form)) placeOf.set(part, place);
      return secret;
    },
    leaksIn(text) {
      const dense = text.replaceAll(/\s+/g, '');
      const found = new Set<string>();
      // Texts may have megabytes.
      for (let start = 0; start + width <= dense.length; start++) {
        const place = placeOf.get(dense.slice(start, start + width));
        if (place !== undefined) found.add(place);
      }
      return [...found];
    },
    get places() {
      return [...planted.keys()];
    },
  };
}

/** A digit, a small and a capital letter are in it: what no person would type. */
function secretFrom(seed: string): string {
  const digest = createHash('sha512')
    .update(seed)
    .digest('base64')
    .replaceAll(/[^A-Za-z0-9]/g, '');
  return `${digest.slice(0, 29)}q7Z`;
}

/** Base64 looks different for each of three offsets; what depends on the neighbours is cut off. */
function formsOf(secret: string): readonly string[] {
  const shifted = [0, 1, 2].map((offset) => {
    const encoded = Buffer.from(`${'x'.repeat(offset)}${secret}`)
      .toString('base64')
      .replaceAll('=', '');
    return encoded.slice(offset === 0 ? 0 : 4, -3);
  });
  return [secret, ...shifted, Buffer.from(secret).toString('hex')];
}

const windowsOf = (text: string): readonly string[] =>
  Array.from({ length: Math.max(0, text.length - width + 1) }, (_, start) => text.slice(start, start + width));
