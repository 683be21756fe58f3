import * as z from 'zod';
import {
  type AccessReview,
  accessBlindSpots,
  accessOf,
  accessReads,
  nearestReads,
} from '../../engines/access/access.ts';
import { type AccessRequest, describeIdentity, describeRequest, type Identity } from '../../engines/access/request.ts';
import { describeRule } from '../../engines/access/rules.ts';
import { nameOf } from '../../engines/objects.ts';
import type { Reader } from '../../kubernetes/ports.ts';
import { AppError } from '../../platform/errors.ts';
import { accessTarget } from '../access-target.ts';
import { readOrBlind } from '../read-or-blind.ts';
import { accessReport, ruleOf } from '../report/access.ts';
import { allNamespaces, cluster, namespace, objectName } from '../schemas.ts';
import { type Account, accountOf } from '../service-account.ts';
import { targetNamespace } from '../target.ts';
import { defineTool } from '../tool.ts';

const shownGrants = 3;

export const checkAccess = defineTool({
  name: 'check_access',
  title: 'Check access',
  description: `
    Says whether the caller or a ServiceAccount may do something, which rule of which role grants it through which
    binding, or which rule comes nearest and what it lacks. Use it when something is forbidden (403).`,
  access: 'read',
  permissions: [
    ...['roles', 'rolebindings', 'clusterroles', 'clusterrolebindings'].map(
      (name) => `list rbac.authorization.k8s.io/${name}`,
    ),
    'create authorization.k8s.io/subjectaccessreviews',
    'get serviceaccounts',
  ],

  input: z.object({
    verb: z
      .string()
      .regex(/^(?:[a-z]{1,40}|\*)$/, 'is no verb: get, list, watch, create, update, patch, delete, …')
      .describe('get, list, create, ….'),
    resource: z
      .string()
      .regex(
        /^(?:\/[^\s]{0,255}|[A-Za-z*][-.A-Za-z0-9]{0,252}(?:\/[a-z]{1,40})?)$/,
        'is no resource: pods, pods/log, deployments.apps, /metrics',
      )
      .describe('pods, pods/log, deployments.apps, or a path: /metrics.'),
    name: objectName.optional().describe('Name of the object.'),
    namespace,
    all_namespaces: allNamespaces,
    service_account: z
      .string()
      .regex(
        /^(?:[a-z0-9][-a-z0-9]{0,62}\/)?[a-z0-9][-.a-z0-9]{0,252}$/,
        'is no ServiceAccount: name or namespace/name',
      )
      .optional()
      .describe('name or namespace/name. Default: the caller.'),
    cluster,
  }),
  output: accessReport,

  async run({ verb, resource, name, service_account: named, ...where }, context) {
    const reader = await context.reader();
    const place = targetNamespace(where, context.settings);
    const target = await accessTarget(reader, { resource, name, namespace: place }, context.signal);
    const request: AccessRequest = { verb, target };
    const account = named === undefined ? undefined : await accountOf(reader, named, { ...context, namespace: place });
    const { who, review, blind } = await asked(reader, request, account, context.signal);
    const reading = { signal: context.signal, enough: context.enough };
    const first = await readOrBlind(reader, accessReads(request), { ...reading, fresh: true });
    const found = accessOf(first, { who, request, review });
    const wide = found.verdict === 'denied' && who !== undefined;
    const data = wide ? await readOrBlind(reader, [...accessReads(request), ...nearestReads], reading) : first;
    const { verdict, grants, nearest, notes } = wide ? accessOf(data, { who, request, review }) : found;
    return {
      subject: who === undefined ? 'the caller' : describeIdentity(who),
      request: describeRequest(request),
      verdict,
      grants: grants.slice(0, shownGrants).map(({ rule, ...grant }) => ({ ...grant, rule: ruleOf(rule) })),
      ...(nearest !== undefined && { nearest: { ...nearest, rule: ruleOf(nearest.rule) } }),
      ...(review !== undefined && { review }),
      notes: [...(account?.notes ?? []), ...notes],
      blind_spots: [...blind, ...accessBlindSpots(data, request)],
      ...(grants.length > shownGrants && { more_grants: grants.length - shownGrants }),
    };
  },

  render({ subject, request, verdict, grants, nearest, review, notes, blind_spots: blind, more_grants: more = 0 }) {
    const granted = grants.map(({ binding, role, subject: by, rule: { verbs, resources, names, urls } }) => {
      const rule = describeRule({ verbs, resources, resourceNames: names, nonResourceURLs: urls });
      return `granted: ${placed(binding)} → ${nameOf(role)} (${rule}) to ${by}`;
    });
    return [
      verdict === 'unknown'
        ? `It is not known whether ${subject} may ${request}`
        : `${subject} ${verdict === 'allowed' ? 'may' : 'may not'} ${request}`,
      ...granted,
      ...(more > 0 ? [`… ${more} more grants`] : []),
      ...(nearest === undefined ? [] : [`nearest: ${nearest.text}`]),
      ...notes,
      ...(review === undefined
        ? []
        : [
            `API server: ${review.allowed ? 'allowed' : 'denied'}${review.reason === undefined ? '' : `, ${review.reason}`}`,
          ]),
      ...blind.map(({ what, why, consequence }) => `not seen: ${what} (${why}); ${consequence}`),
    ].join('\n');
  },
});

const placed = ({ kind, namespace: place, name }: { kind: string; namespace?: string | undefined; name: string }) =>
  `${kind}/${name}${place === undefined ? '' : ` in ${place}`}`;

interface Asked {
  readonly who: Identity | undefined;
  readonly review: AccessReview | undefined;
  readonly blind: readonly { readonly what: string; readonly why: string; readonly consequence: string }[];
}

/** Who it is about, and what the API server says; where it does not say it, that is a blind spot. */
async function asked(
  reader: Reader,
  request: AccessRequest,
  account: Account | undefined,
  signal: AbortSignal,
): Promise<Asked> {
  const [who, review] = await Promise.all([
    account === undefined ? unlessRefused(() => reader.identity?.(signal)) : account.identity,
    unlessRefused(() => reader.review?.(request, account?.identity, signal)),
  ]);
  return {
    who: who instanceof AppError ? undefined : who,
    review: review instanceof AppError ? undefined : review,
    blind: [
      ...blindOf('Identity of the caller', who, 'which rules apply to it is not known'),
      ...blindOf('Access review', review, 'other authorizers than RBAC may decide otherwise'),
    ],
  };
}

/** The failure instead of throwing it: one half of the answer is worth having. */
async function unlessRefused<T>(ask: () => Promise<T> | undefined): Promise<T | AppError | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof AppError && error.code !== 'unavailable') return error;
    throw error;
  }
}

const blindOf = (what: string, answer: unknown, consequence: string): Asked['blind'] => {
  if (answer instanceof AppError) return [{ what, why: answer.message, consequence }];
  return answer === undefined ? [{ what, why: 'an archive cannot be asked', consequence }] : [];
};
