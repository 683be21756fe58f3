import * as z from 'zod';
import type { TokenReview } from '../ports.ts';
import type { Rest, RestCall } from './rest.ts';

const shape = z.object({
  status: z.object({
    authenticated: z.boolean().optional(),
    audiences: z.array(z.string()).optional(),
    user: z
      // Empty for a token that is not taken.
      .object({ username: z.string().optional(), uid: z.string().optional(), groups: z.array(z.string()).optional() })
      .optional(),
  }),
});

/** Who the API server takes the bearer of a token for, when it is one for this audience. */
export async function reviewToken(
  rest: Rest,
  { token, audience }: { readonly token: string; readonly audience: string },
  call: RestCall,
): Promise<TokenReview | undefined> {
  const [resource, kind] = ['tokenreviews', 'TokenReview'];
  const { status } = await rest.json(
    {
      asking: { verb: 'create', type: { group: 'authentication.k8s.io', resource, kind } },
      path: `/apis/authentication.k8s.io/v1/${resource}`,
      post: { apiVersion: 'authentication.k8s.io/v1', kind, spec: { token, audiences: [audience] } },
      shape,
    },
    call,
  );
  const { authenticated, audiences = [], user } = status;
  // An API server that knows no audiences leaves them out: then nobody knows whom the token is for.
  if (authenticated !== true || user?.username === undefined || !audiences.includes(audience)) return undefined;
  return { user: user.username, groups: user.groups ?? [], uid: user.uid };
}
