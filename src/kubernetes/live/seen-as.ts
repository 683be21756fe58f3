import * as z from 'zod';
import type { Identity } from '../../engines/access/request.ts';
import { AppError } from '../../platform/errors.ts';
import type { View } from '../ports.ts';
import { type Asking, permissionOf, subjectOf } from './asking.ts';
import { createReadCache } from './read-cache.ts';
import type { ClusterMetrics, Rest, RestCall, RestRequest } from './rest.ts';
import { reviewAccess } from './reviews.ts';

export interface SeenAsOptions {
  /** With the credentials of the service itself. */
  readonly rest: Rest;
  readonly view: View;
  readonly metrics: Pick<ClusterMetrics, 'cacheRequest'>;
}

/** How long a yes or no to a read stands, in ms; a write is asked about each time. */
const standsMs = 30_000;
/** Answers that are kept, each counted as one byte. */
const remembered = 5_000;
const reading: ReadonlySet<string> = new Set(['get', 'list', 'watch']);
const group = 'authorization.k8s.io';

/**
 * The same API server as somebody else sees it: each request is made with our own credentials, after the API server has
 * said that the user may make it too (SubjectAccessReview). What cannot be asked is denied.
 */
export const restSeenAs = ({ rest, view, metrics }: SeenAsOptions): Rest => {
  const seen = view.logs ? rest : checked(rest, async ({ subresource }) => refuseLogs(subresource));
  if (view.user === undefined) return seen;
  return view.by === 'impersonation'
    ? impersonating(seen, view.user)
    : restAsUser({ rest: seen, user: view.user, metrics });
};

/** The API server itself takes each request for one of the user, if our credentials may impersonate them. */
function impersonating(rest: Rest, { user, groups }: Identity): Rest {
  if (user.startsWith('system:')) {
    throw new AppError('permission_denied', `${user} is a name of Kubernetes' own, which nobody acts as.`);
  }
  // The API server adds what every authenticated user is in.
  const impersonate = { user, groups: groups.filter((group) => !group.startsWith('system:')) };
  return around(rest, async (request) => ({ ...request, impersonate }));
}

type Check = (asking: Asking, call: RestCall) => Promise<void>;

/** Every request is checked before it is made. */
const checked = (rest: Rest, check: Check): Rest =>
  around(rest, async (request, call) => {
    await check(request.asking, call);
    return request;
  });

type Prepare = <Request extends { readonly asking: Asking }>(request: Request, call: RestCall) => Promise<Request>;

/** Every request goes out as it was prepared. */
const around = (rest: Rest, prepare: Prepare): Rest => ({
  ...rest,
  json: async (request, call) => rest.json(await prepare(request, call), call),
  bytes: async (request, call) => rest.bytes(await prepare(request, call), call),
  write: async (request, call) => rest.write(await prepare(request, call), call),
  async *lines(request, call) {
    yield* rest.lines(await prepare(request, call), call);
  },
  // Others talk over it.
  close: async () => {},
});

function refuseLogs(subresource: string | undefined): void {
  if (subresource !== 'log') return;
  throw new AppError('permission_denied', 'The token does not allow to read logs.', {
    hint: 'Get one with the scope k8s:logs.',
    details: { status: 403, required_scope: 'k8s:logs' },
  });
}

interface AsUserOptions extends Pick<SeenAsOptions, 'rest' | 'metrics'> {
  readonly user: Identity;
}

function restAsUser({ rest, user, metrics }: AsUserOptions): Rest {
  const answers = createReadCache<{ readonly allowed: boolean }>({
    ttlMs: standsMs,
    maximumBytes: remembered,
    metrics,
    name: 'access',
  });

  async function check(asking: Asking, call: RestCall): Promise<void> {
    // Paths that are no resource: versions and what kinds there are, which every user may read.
    if (asking.type === undefined) return;
    const { allowed } = await answerTo(asking, call).catch((error: unknown) => {
      call.signal.throwIfAborted();
      throw unanswered(asking, error);
    });
    if (!allowed) throw denied(asking, user);
  }

  function answerTo(asking: Asking, call: RestCall): Promise<{ readonly allowed: boolean }> {
    const request = { verb: asking.verb, target: targetOf(asking) };
    const ask = (signal: AbortSignal) => reviewAccess(rest, { request, who: user }, { signal });
    if (!reading.has(asking.verb)) return ask(call.signal);
    return answers.get(JSON.stringify(request), call.signal, async (signal) => ({
      value: await ask(signal),
      bytes: 1,
    }));
  }

  const seen = checked(rest, check);
  return {
    ...seen,
    async json(request, call) {
      const own = aboutUser(request, user);
      if (own === 'identity')
        return request.shape.parse({ status: { userInfo: { username: user.user, groups: user.groups } } });
      return own === undefined ? seen.json(request, call) : rest.json({ ...own, shape: request.shape }, call);
    },
  };
}

const targetOf = ({ type, subresource, namespace, name }: Asking) => ({
  group: type?.group ?? '',
  resource: type?.resource ?? '',
  ...(subresource !== undefined && { subresource }),
  ...(namespace !== undefined && { namespace }),
  ...(name !== undefined && { name }),
});

/** Questions of the credentials about themselves are questions about the user. */
function aboutUser({ asking, post, ...request }: RestRequest, { user, groups }: Identity) {
  if (asking.verb !== 'create') return undefined;
  if (asking.type?.resource === 'selfsubjectreviews') return 'identity';
  if (asking.type?.resource !== 'selfsubjectaccessreviews') return undefined;
  const type = { group, resource: 'subjectaccessreviews', kind: 'SubjectAccessReview' };
  const spec = typeof post === 'object' && post !== null && 'spec' in post ? post.spec : {};
  const asked = typeof spec === 'object' && spec !== null ? spec : {};
  // Events of actions are told by the service, whoever asks for the action.
  if (eventWritten.safeParse(spec).success) return { ...request, asking, post };
  return {
    ...request,
    asking: { ...asking, type },
    path: `/apis/${group}/v1/${type.resource}`,
    post: { apiVersion: `${group}/v1`, kind: type.kind, spec: { ...asked, user, groups } },
  };
}

const eventWritten = z.object({
  resourceAttributes: z.looseObject({ verb: z.literal('create'), resource: z.literal('events') }),
});

function denied(asking: Asking, { user }: Identity): AppError {
  const permission = permissionOf(asking);
  const where = asking.namespace === undefined ? '' : ` in namespace ${asking.namespace}`;
  return new AppError('permission_denied', `${user} may not ${asking.verb} ${subjectOf(asking)}.`, {
    hint: `Grant ${user} "${permission}"${where}.`,
    details: {
      status: 403,
      required_permission: permission,
      ...(asking.namespace !== undefined && { namespace: asking.namespace }),
    },
  });
}

const unanswered = (asking: Asking, cause: unknown): AppError =>
  new AppError('unavailable', `Whether you may ${asking.verb} ${subjectOf(asking)} cannot be asked, so it is denied.`, {
    hint: 'The service needs "create authorization.k8s.io/subjectaccessreviews" and an API server that answers.',
    cause,
  });
