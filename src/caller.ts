import type { Principal } from './platform/auth/principal.ts';

/** Who calls: the user who started the process, or, behind authentication, whoever a token is of. */
export interface Caller {
  readonly id: string;
  readonly principal?: Principal | undefined;
}
export const localCaller: Caller = { id: 'local' };

/** Who that is, for people who read logs. */
export const subjectOf = ({ id, principal }: Caller): string => principal?.user ?? id;
