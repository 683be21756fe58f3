import * as z from 'zod';
import type { Seal } from '../../platform/auth/seal.ts';
import type { PublicBase } from '../public-base.ts';
import { forgetCookie, readCookie, setCookie } from './cookies.ts';
import { isOwnPage } from './own-page.ts';

const kept = z.object({ token: z.string(), subject: z.string() });
/** A person who signed in: their access token, and who the identity provider says they are. */
type Kept = z.output<typeof kept>;

/** Who is signed in at the console. Only their browser keeps it, sealed: a replica remembers nobody. */
export interface ConsoleSession {
  /** Of a request by the console's own page; `undefined` for any other. */
  of(request: Request): Promise<Kept | undefined>;
  /** `Set-Cookie` headers. */
  keep(request: Request, session: Kept, seconds: number): Promise<readonly string[]>;
  end(request: Request): readonly string[];
}

export function createConsoleSession(seal: Seal, base: PublicBase): ConsoleSession {
  const use = (request: Request) => ({ name: 'session', base: base(request) });
  return {
    async of(request) {
      if (!isOwnPage(request, base(request))) return undefined;
      const sealed = readCookie(request, use(request));
      return sealed === undefined ? undefined : kept.safeParse(await seal.open(sealed)).data;
    },
    async keep(request, session, seconds) {
      return setCookie(use(request), await seal.close(session, seconds), { seconds, sameSite: 'Strict' });
    },
    end: (request) => forgetCookie(use(request)),
  };
}
