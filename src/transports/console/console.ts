import { type Context, Hono } from 'hono';
import * as z from 'zod';
import type { Clusters } from '../../kubernetes/ports.ts';
import { AppError } from '../../platform/errors.ts';
import type { Logger } from '../../platform/logging.ts';
import { type Authentication, isRefusal } from '../authentication.ts';
import { parseBody, type RequestEnv } from '../json-body.ts';
import { failureResponse, refusalResponse } from '../rest.ts';
import { statusOf } from '../status-of.ts';
import { planRef, switchedOff } from './approval.ts';
import { createPages } from './pages.ts';
import { createPeople, type People, type PeopleOptions, type Person } from './people.ts';
import { ownPath } from './trip.ts';

export interface ConsoleOptions {
  /** The folder with the compressed files of the page, which the build makes. */
  readonly assets: string;
  /** Absent: everybody who reaches the port may call. */
  readonly authentication?: Authentication | undefined;
  /** Absent: nobody signs in here. */
  readonly people?: PeopleOptions | undefined;
  readonly clusters: Clusters;
  readonly log: Logger;
}

/** The console at `/ui`: its page, and, where people sign in, the way to the identity provider and back. */
export function createConsole({ assets, authentication, people: options, clusters, log }: ConsoleOptions) {
  const app = new Hono<RequestEnv>().route('/', createPages(assets));
  if (authentication === undefined || options === undefined) {
    const signIn = authentication === undefined ? 'unneeded' : 'impossible';
    return app.get('/ui/session', (context) => context.json({ sign_in: signIn }));
  }
  const people = createPeople(options, clusters);
  return app
    .route('/', arrivals(people, log))
    .get('/ui/session', async ({ req: { raw } }) => {
      const known = await people.session.of(raw);
      const sender = known === undefined ? undefined : await authentication.whoSends(raw);
      const { notice, cookies } = await people.notices.take(raw);
      const user = sender === undefined || isRefusal(sender) ? {} : { user: sender.user };
      return withCookies(Response.json({ sign_in: 'possible', ...user, ...(notice && { notice }) }), cookies);
    })
    .post('/ui/logout', async ({ req: { raw } }) => {
      if ((await people.session.of(raw)) === undefined) throw notOurPage();
      return withCookies(Response.json({ success: true }), people.session.end(raw));
    })
    .post('/ui/approve', (context) =>
      asPerson(context, { people, authentication }, async (person) => {
        const { url, cookies } = await people.approve(context.req.raw, planIn(context), person);
        return withCookies(Response.json({ success: true, location: url.href }), cookies);
      }),
    )
    .post('/ui/decline', (context) =>
      asPerson(context, { people, authentication }, async ({ principal }) => {
        const by = `${principal.user} at the console`;
        const outcome = await people.approvals?.answer(planIn(context), principal, { answer: 'declined', by });
        if (outcome === undefined) throw switchedOff;
        const { result } = outcome;
        return result.success ? Response.json(result) : failureResponse(result, statusOf[result.error_type]);
      }),
    );
}

/** To the identity provider, and back. */
const arrivals = (people: People, log: Logger) =>
  new Hono<RequestEnv>()
    .get('/ui/login', async ({ req }) => {
      const returnTo = ownPath(req.query('return'));
      try {
        const { url, cookies } = await people.trips.begin(req.raw, { returnTo });
        return sentTo(url.href, cookies);
      } catch (error) {
        return sentTo(returnTo, await noticeOf(error, req.raw, { people, log }));
      }
    })
    .get('/ui/callback', async ({ req: { raw } }) => {
      const trip = await people.trips.of(raw);
      const ended = people.trips.end(raw);
      try {
        if (trip === undefined) throw lost();
        return sentTo(trip.returnTo, [...ended, ...(await people.comeBack(raw, trip))]);
      } catch (error) {
        return sentTo(trip?.returnTo ?? '/ui', [...ended, ...(await noticeOf(error, raw, { people, log }))]);
      }
    });

const lost = (): AppError =>
  new AppError('refused', 'This sign-in was begun in another browser, or too long ago.', { hint: 'Sign in again.' });

const notOurPage = (): AppError =>
  new AppError('refused', 'Only the page of the console may ask for this, for a person who is signed in there.', {
    hint: 'Programs plan with the tools; a person approves.',
  });

interface Guarding {
  readonly people: People;
  readonly authentication: Authentication;
}

/** For a person who is signed in, by their own page: a bearer token is no person. */
async function asPerson(
  { req: { raw } }: Context<RequestEnv>,
  { people, authentication }: Guarding,
  answer: (person: Person) => Promise<Response>,
): Promise<Response> {
  const sender = await authentication.whoSends(raw);
  if (isRefusal(sender)) return refusalResponse(sender);
  const session = await people.session.of(raw);
  if (session === undefined || raw.headers.has('authorization')) throw notOurPage();
  return answer({ principal: sender, subject: session.subject });
}

/** @throws AppError `validation_error` */
function planIn(context: Context<RequestEnv>) {
  const body = planRef.safeParse(parseBody(context.get('body')));
  if (body.success) return body.data;
  throw new AppError('validation_error', 'The body names no plan.', {
    hint: 'It has action_id, namespace and cluster.',
  });
}

/** RFC 6749, section 5.2: `invalid_client`, `access_denied`. */
const oauthError = z.object({ error: z.string().regex(/^[a-z_]{1,40}$/) }).transform(({ error }) => ({ oauth: error }));

/** @throws whatever is no error of ours. */
async function noticeOf(error: unknown, request: Request, { people, log }: { people: People; log: Logger }) {
  if (!(error instanceof AppError)) throw error;
  // Of what the provider sent no more than its word for the error: the rest may hold tokens.
  const reason = error.cause instanceof Error ? error.cause.message : undefined;
  log.warn(
    { error: error.message, reason, ...oauthError.safeParse(error.cause).data },
    'a sign-in at the console failed',
  );
  return people.notices.leave(request, error);
}

const sentTo = (location: string, cookies: readonly string[]): Response =>
  withCookies(
    new Response(null, {
      status: 303,
      headers: { Location: location, 'Cache-Control': 'no-store', 'Referrer-Policy': 'no-referrer' },
    }),
    cookies,
  );

function withCookies(response: Response, cookies: readonly string[]): Response {
  for (const cookie of cookies) response.headers.append('Set-Cookie', cookie);
  response.headers.set('Cache-Control', 'no-store');
  return response;
}
