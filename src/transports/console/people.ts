import { setTimeout as pause } from 'node:timers/promises';
import type { Pipeline } from '../../call.ts';
import type { Clusters } from '../../kubernetes/ports.ts';
import { AuthError, type Authenticator, type Principal } from '../../platform/auth/principal.ts';
import type { Seal } from '../../platform/auth/seal.ts';
import type { SignedIn, SignIn } from '../../platform/auth/sign-in.ts';
import { AppError } from '../../platform/errors.ts';
import type { PublicBase } from '../public-base.ts';
import { type Approvals, createPlanApprovals, type PlanRef, planDigest, switchedOff } from './approval.ts';
import { createNotices, type Notices } from './notices.ts';
import type { ConsoleSession } from './session.ts';
import { createTrips, placeOf, type Trip, type Trips } from './trip.ts';

/** What it takes for people to sign in. */
export interface PeopleOptions {
  readonly signIn: SignIn;
  readonly authenticator: Pick<Authenticator, 'authenticate'>;
  readonly session: ConsoleSession;
  /** Makes a seal for one purpose. */
  readonly seal: (purpose: string) => Seal;
  readonly base: PublicBase;
  /** Carries out plans that people approve; absent where nothing can be changed. */
  readonly approving?: Pipeline | undefined;
}

/** People who sign in at the console. */
export interface People {
  readonly session: ConsoleSession;
  readonly notices: Notices;
  readonly trips: Trips;
  /** Absent where nothing can be changed. */
  readonly approvals?: Approvals | undefined;
  /**
   * Where a request comes from that comes back from the identity provider: signs the person in, and approves what they went
   * there for. `Set-Cookie` headers. @throws AppError
   */
  comeBack(request: Request, trip: Trip): Promise<readonly string[]>;
  /** To approve a plan, a person has to sign in anew: where, and `Set-Cookie` headers. @throws AppError */
  approve(request: Request, plan: PlanRef, person: Person): ReturnType<Trips['begin']>;
}

/** Who is signed in: as the API knows them, and as the identity provider does. */
export interface Person {
  readonly principal: Principal;
  readonly subject: string;
}

/** How long a person waits on a blank page for what becomes of their plan, in ms; the console goes on telling. */
const blankMs = 4_000;

export function createPeople(
  { signIn, authenticator, session, seal, base, approving }: PeopleOptions,
  clusters: Clusters,
): People {
  const trips = createTrips({ signIn, seal: seal('console trip'), base });
  const approvals = approving && createPlanApprovals({ pipeline: approving, clusters });

  async function identified(request: Request, { pending }: Trip): Promise<SignedIn & Person> {
    const here = base(request);
    const back = new URL(`${here}/ui/callback${new URL(request.url).search}`);
    const signedIn = await signIn.finish(back, placeOf(here), pending);
    try {
      return { ...signedIn, principal: await authenticator.authenticate(signedIn.accessToken, request.signal) };
    } catch (cause) {
      if (!(cause instanceof AuthError)) throw cause;
      throw new AppError(
        'permission_denied',
        `The identity provider gave no token for this service: ${cause.message}`,
        {
          hint: 'Whoever runs it can compare --oidc-audiences with what the provider issues to the console.',
          cause,
        },
      );
    }
  }

  async function approved({ plan, digest, caller, subject }: Approving, person: Person): Promise<void> {
    if (approvals === undefined) throw switchedOff;
    const { principal } = person;
    if (principal.id !== caller || person.subject !== subject) {
      approvals.refused(plan, principal, somebodyElse);
      throw somebodyElse;
    }
    if (planDigest(await approvals.look(plan, principal)) !== digest) {
      throw new AppError('conflict', 'The plan is not the one that was looked at. Nothing has changed.');
    }
    const by = `${principal.user} by signing in to approve`;
    const going = approvals.answer(plan, principal, { answer: 'approved', by });
    const outcome = await Promise.race([going, pause(blankMs, undefined, { ref: false })]);
    if (outcome === undefined || outcome.result.success) return;
    const { error_type: type, error, hint } = outcome.result;
    throw new AppError(type, error, { hint });
  }

  return {
    session,
    notices: createNotices(seal('console notice'), base),
    trips,
    approvals,
    async comeBack(request, trip) {
      const person = await identified(request, trip);
      if (trip.approval !== undefined) await approved(trip.approval, person);
      const { principal, accessToken: token, subject } = person;
      return session.keep(request, { token, subject }, secondsOf(principal));
    },
    async approve(request, plan, { principal, subject }) {
      if (approvals === undefined) throw switchedOff;
      const digest = planDigest(await approvals.look(plan, principal));
      const shown = new URLSearchParams({ view: 'actions', action: plan.action_id, ...placed(plan) });
      const approval = { plan, digest, caller: principal.id, subject };
      return trips.begin(request, { returnTo: `/ui?${shown.toString()}`, approval });
    },
  };
}

const somebodyElse = new AppError(
  'refused',
  'Somebody else signed in than who looked at the plan. Nothing has changed.',
  { hint: 'Whoever planned it approves it.' },
);

type Approving = NonNullable<Trip['approval']>;

const placed = ({ namespace, cluster }: PlanRef) => ({
  ...(namespace !== undefined && { namespace }),
  ...(cluster !== undefined && { cluster }),
});

/** For how long somebody is signed in: as long as their token is good. */
const secondsOf = ({ expiresAt = 0 }: Principal): number => Math.max(0, expiresAt - Math.floor(Date.now() / 1000));
