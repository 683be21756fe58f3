import * as z from 'zod';
import type { Seal } from '../../platform/auth/seal.ts';
import { AppError } from '../../platform/errors.ts';
import type { PublicBase } from '../public-base.ts';
import { forgetCookie, readCookie, setCookie } from './cookies.ts';

const notice = z.object({ error: z.string(), hint: z.string().optional() });
/** What went wrong while the person was away from the page. */
type Notice = z.output<typeof notice>;

const seconds = 60;

/** What the page tells a person once, when they are back. Never in the URL: anybody can write one. */
export interface Notices {
  /** `Set-Cookie` headers. */
  leave(request: Request, error: AppError): Promise<readonly string[]>;
  /** With the headers that forget it. */
  take(request: Request): Promise<{ readonly notice?: Notice; readonly cookies: readonly string[] }>;
}

export function createNotices(seal: Seal, base: PublicBase): Notices {
  const use = (request: Request) => ({ name: 'notice', base: base(request) });
  return {
    async leave(request, { message, hint }) {
      const value = await seal.close({ error: message, ...(hint !== undefined && { hint }) }, seconds);
      return setCookie(use(request), value, { seconds, sameSite: 'Strict' });
    },
    async take(request) {
      const sealed = readCookie(request, use(request));
      if (sealed === undefined) return { cookies: [] };
      const left = notice.safeParse(await seal.open(sealed)).data;
      return { ...(left !== undefined && { notice: left }), cookies: forgetCookie(use(request)) };
    },
  };
}
