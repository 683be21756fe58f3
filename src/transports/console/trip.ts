import * as z from 'zod';
import type { Seal } from '../../platform/auth/seal.ts';
import { pendingSignIn, type SignIn } from '../../platform/auth/sign-in.ts';
import type { PublicBase } from '../public-base.ts';
import { planRef } from './approval.ts';
import { forgetCookie, readCookie, setCookie } from './cookies.ts';

/** What a person went to the identity provider for. */
const errand = z.object({
  /** Where they come back to: a path of ours. */
  returnTo: z.string(),
  /** The plan they approve by signing in, what it would do, and who they were when they looked at it. */
  approval: z.object({ plan: planRef, digest: z.string(), caller: z.string(), subject: z.string() }).optional(),
});
export type Errand = z.output<typeof errand>;
const trip = errand.extend({ pending: pendingSignIn });
export type Trip = z.output<typeof trip>;

/** How long a person may take to sign in, in s: as long as a plan is valid. */
const seconds = 600;

/** The ways of people to the identity provider and back. Their browser keeps on which one they are. */
export interface Trips {
  /** Where to send them, and `Set-Cookie` headers. */
  begin(request: Request, errand: Errand): Promise<{ readonly url: URL; readonly cookies: readonly string[] }>;
  /** `undefined` when this browser was not sent there, or too long ago. */
  of(request: Request): Promise<Trip | undefined>;
  end(request: Request): readonly string[];
}

export interface TripOptions {
  readonly signIn: Pick<SignIn, 'begin'>;
  readonly seal: Seal;
  readonly base: PublicBase;
}

export function createTrips({ signIn, seal, base }: TripOptions): Trips {
  const use = (request: Request) => ({ name: 'trip', base: base(request) });
  return {
    async begin(request, { returnTo, approval }) {
      // Whoever approves proves anew who they are: a page, or somebody at a desk that was left, cannot.
      const { url, pending } = await signIn.begin(placeOf(base(request)), approval !== undefined);
      const sealed = await seal.close({ returnTo, approval, pending } satisfies Trip, seconds);
      // They come back from another site: a strict cookie would stay behind.
      return { url, cookies: setCookie(use(request), sealed, { seconds, sameSite: 'Lax' }) };
    },
    async of(request) {
      const sealed = readCookie(request, use(request));
      return sealed === undefined ? undefined : trip.safeParse(await seal.open(sealed)).data;
    },
    end: (request) => forgetCookie(use(request)),
  };
}

/** What the identity provider has to know of us. */
export const placeOf = (base: string) => ({ redirectUri: `${base}/ui/callback`, resource: `${base}/mcp` });

/** The console's own page with what it shows; of any other address only that page. */
export function ownPath(wanted: string | undefined): string {
  const here = 'http://console.invalid';
  const home = '/ui';
  if (wanted === undefined || !URL.canParse(wanted, here)) return home;
  const { origin, pathname, search, hash } = new URL(wanted, here);
  return origin === here && pathname === home ? `${home}${search}${hash}` : home;
}
