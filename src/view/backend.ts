import type { Failure } from '../outcome.ts';

export type { Failure };

/** What a tool answers. The schemas of the service, which is of the same version, have checked it. */
export type Answer<Data> = ({ readonly success: true } & Data) | Failure;

/** Who looks at the page, as far as the service asks. */
export interface Session {
  readonly sign_in: 'unneeded' | 'possible' | 'impossible';
  readonly user?: string;
  /** What went wrong while the person was signing in. */
  readonly notice?: { readonly error: string; readonly hint?: string } | undefined;
}

/** How the view reaches the tools: over REST from the page, through its host from a chat client. */
export interface Backend {
  call<Data>(tool: string, args: Readonly<Record<string, unknown>>): Promise<Answer<Data>>;
  /** Tells which tools there are. */
  readonly offers: () => Promise<(tool: string) => boolean>;
  readonly session: () => Promise<Session>;
  /** Sends the person to prove who they are, and approves the plan when they come back. Absent where only the host can ask. */
  readonly approve?: (plan: PlanRef) => Promise<Failure | undefined>;
  readonly decline?: (plan: PlanRef) => Promise<Answer<object>>;
  readonly signOut?: () => Promise<void>;
}

export interface PlanRef {
  readonly action_id: string;
  readonly namespace?: string | undefined;
  readonly cluster?: string | undefined;
}

/** What is said when nobody answers. */
export const noAnswer = (hint: string): Failure => ({
  success: false,
  error: 'The service does not answer.',
  error_type: 'unavailable',
  details: {},
  hint,
});
