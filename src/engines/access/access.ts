import type { BlindSpot } from '../diagnosis/explanation.ts';
import { nameOf } from '../objects.ts';
import { indexSnapshot, type Snapshot } from '../snapshot.ts';
import type { Read, SnapshotData } from '../snapshot-data.ts';
import { danglingOf, type Grant, grantsOf } from './grants.ts';
import { type NearestRule, nearestRule } from './nearest.ts';
import type { AccessRequest, Identity } from './request.ts';

export const accessVerdicts = ['allowed', 'denied', 'unknown'] as const;

/** What the API server's own authorizers answered (SubjectAccessReview). */
export interface AccessReview {
  readonly allowed: boolean;
  readonly reason?: string | undefined;
}

export interface Access {
  readonly verdict: (typeof accessVerdicts)[number];
  readonly grants: readonly Grant[];
  readonly nearest?: NearestRule | undefined;
  /** What makes the answer less simple than it looks, in sentences. */
  readonly notes: readonly string[];
  /** Whether all bindings and roles that matter here were read. */
  readonly complete: boolean;
}

interface Question {
  /** Absent when the API server did not say who the caller is. */
  readonly who: Identity | undefined;
  readonly request: AccessRequest;
  readonly review: AccessReview | undefined;
}

/** What decides a request: the roles and bindings of its namespace and of the cluster. */
export function accessReads({ target }: AccessRequest): readonly Read[] {
  const namespace = 'path' in target ? undefined : target.namespace;
  const inside = namespace === undefined ? [] : (['Role', 'RoleBinding'] as const);
  return [
    ...(['ClusterRole', 'ClusterRoleBinding'] as const).map((kind): Read => ({ verb: 'list', kind, as: 'full' })),
    ...inside.map((kind): Read => ({ verb: 'list', kind, namespace, as: 'full' })),
  ];
}

/** What else may hold the nearest rule, worth reading once the request is not allowed: other namespaces. */
export const nearestReads: readonly Read[] = (['Role', 'RoleBinding'] as const).map((kind) => ({
  verb: 'list',
  kind,
  as: 'full',
}));

/** Who may do everything before any authorizer is asked (apiserver `NewPrivilegedGroups`). */
const mastersGroup = 'system:masters';

/** Joins what the rules say with what the API server says; where they differ, the API server is right. */
export function accessOf(data: SnapshotData, { who, request, review }: Question): Access {
  const snapshot = indexSnapshot(data);
  const complete = who !== undefined && isComplete(data, request);
  const grants = who === undefined ? [] : grantsOf(snapshot, who, request);
  const privileged = who?.groups.includes(mastersGroup) === true;
  const byRules = grants.length > 0 || privileged ? 'allowed' : complete ? 'denied' : 'unknown';
  const verdict = review === undefined ? byRules : review.allowed ? 'allowed' : 'denied';
  const nearest = who === undefined || verdict !== 'denied' ? undefined : nearestRule(snapshot, who, request);
  return {
    verdict,
    grants,
    ...(nearest !== undefined && { nearest }),
    notes: [
      ...(privileged ? [`Group ${mastersGroup} may do everything, whatever the roles say.`] : []),
      ...(byRules === 'unknown' || review === undefined ? [] : disagreement(byRules, review)),
      ...(verdict === 'denied' && who !== undefined ? danglingNotes(snapshot, who, request) : []),
    ],
    complete,
  };
}

/** What could not be read, and what is therefore not known. */
export function accessBlindSpots({ reads }: SnapshotData, request: AccessRequest): readonly BlindSpot[] {
  const failed = reads.filter(({ outcome }) => outcome !== 'ok');
  if (failed.length === 0) return [];
  const why = failed.every(({ outcome }) => outcome === 'denied')
    ? 'reading is forbidden'
    : (failed.find(({ message }) => message !== undefined)?.message ?? 'reading failed');
  return isComplete({ reads }, request)
    ? [{ what: 'Roles of other namespaces', why, consequence: 'a rule that holds elsewhere is not seen' }]
    : [{ what: 'Roles and their bindings', why, consequence: 'which rule grants it, or comes nearest, is not known' }];
}

function isComplete({ reads }: Pick<SnapshotData, 'reads'>, request: AccessRequest): boolean {
  const answered = new Set(
    reads.flatMap(({ read, outcome }) =>
      outcome === 'ok' && read.verb === 'list' ? [`${read.kind}/${read.namespace ?? ''}`] : [],
    ),
  );
  return accessReads(request).every(
    (read) =>
      read.verb !== 'log' &&
      (answered.has(`${read.kind}/`) ||
        (read.namespace !== undefined && answered.has(`${read.kind}/${read.namespace}`))),
  );
}

function disagreement(byRules: 'allowed' | 'denied', { allowed, reason }: AccessReview): readonly string[] {
  if ((byRules === 'allowed') === allowed) return [];
  const why = reason ? ` (${reason})` : '';
  return allowed
    ? [`The API server allows it, and no role does: another authorizer than RBAC decides${why}.`]
    : [`The API server denies it, and a role allows it: another authorizer than RBAC decides${why}.`];
}

const danglingNotes = (snapshot: Snapshot, who: Identity, request: AccessRequest): readonly string[] =>
  danglingOf(snapshot, who, request).map(
    ({ binding, role }) => `${nameOf(binding)} refers to ${nameOf(role)}, which does not exist.`,
  );
