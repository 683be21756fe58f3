import type * as z from 'zod';
import type { Body } from './body.ts';
import { statusShape } from './shapes.ts';

/** The API server's own words for a failure, as its `Status` object has them. */
export type StatusBody = z.infer<typeof statusShape>;

const openingBrace = 0x7b;

/** What the API server says about its code; nothing for a proxy's HTML, or the plain "404 page not found". */
export function statusBody({ bytes }: Body): StatusBody {
  if (bytes[0] !== openingBrace) return {};
  try {
    return statusShape.safeParse(JSON.parse(bytes.toString('utf8'))).data ?? {};
  } catch {
    // Cut short: the code of the answer says enough.
    return {};
  }
}
