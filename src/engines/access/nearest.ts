import { nameOf, type ObjectRef, refOf } from '../objects.ts';
import type { Snapshot } from '../snapshot.ts';
import { type Binding, describeSubject, type Role, roleOf, subjectOf } from './grants.ts';
import { type AccessRequest, describeTarget, type Identity } from './request.ts';
import { describeRule, focused, type Gap, gapsOf, isBroad, type PolicyRule } from './rules.ts';

/** Why a rule does not allow a request: what the rule lacks, where it holds, and whom it is bound to. */
export const lacks = ['verb', 'group', 'subresource', 'name', 'namespace', 'binding'] as const;
export type Lack = (typeof lacks)[number];

/** The rule that comes nearest to allowing a request. */
export interface NearestRule {
  readonly role: ObjectRef;
  /** Absent when nothing binds the role where the request is about. */
  readonly binding?: ObjectRef | undefined;
  readonly rule: PolicyRule;
  readonly lacks: readonly Lack[];
  /** One sentence: what it allows, and what is missing. */
  readonly text: string;
}

/** How far each gap is from the wish: a missing verb is a line in a role, a missing binding is an object. */
const costs: Readonly<Record<Lack, number>> = {
  verb: 2,
  name: 2,
  subresource: 2,
  group: 3,
  namespace: 3,
  binding: 4,
};
/** Two things missing are still a hint; more are another wish. */
const maximumLacks = 2;

interface Candidate {
  readonly role: Role;
  readonly binding?: Binding | undefined;
  readonly rule: PolicyRule;
  readonly lacks: readonly Lack[];
}

/** The rule with the least missing, the narrowest of equals; none when no rule is about this resource. */
export function nearestRule(snapshot: Snapshot, who: Identity, request: AccessRequest): NearestRule | undefined {
  const [best] = [...boundCandidates(snapshot, who, request), ...unboundCandidates(snapshot, request)]
    .filter(({ lacks }) => lacks.length > 0 && lacks.length <= maximumLacks)
    .toSorted((a, b) => distanceOf(a) - distanceOf(b) || breadthOf(a) - breadthOf(b));
  if (best === undefined) return undefined;
  const { role, binding, rule } = best;
  return {
    role: refOf(role),
    ...(binding !== undefined && { binding: refOf(binding) }),
    rule,
    lacks: best.lacks,
    text: sentenceOf(best, request),
  };
}

const distanceOf = ({ lacks, rule }: Candidate): number =>
  lacks.reduce((sum, lack) => sum + costs[lack], 0) + (isBroad(rule) ? 1 : 0);

/** Kubernetes' own roles are nothing to bind to others, and cluster-wide ones give more than those of a namespace. */
const breadthOf = ({ role, rule }: Candidate): number =>
  (role.metadata.name.startsWith('system:') ? 10_000 : 0) +
  (role.kind === 'ClusterRole' ? 1_000 : 0) +
  (rule.verbs ?? []).length * (rule.resources ?? []).length;

/** Rules that somebody has, or that somebody else has, through bindings of any namespace. */
const boundCandidates = (snapshot: Snapshot, who: Identity, request: AccessRequest): readonly Candidate[] =>
  [...snapshot.all('ClusterRoleBinding'), ...snapshot.all('RoleBinding')].flatMap((binding) => {
    const role = roleOf(snapshot, binding);
    // A role that only others have is told by the role itself.
    if (role === undefined || subjectOf(binding, who) === undefined) return [];
    const place: readonly Lack[] = holdsFor(binding, request) ? [] : ['namespace'];
    return candidatesOf(role, request).map((each) => ({ ...each, binding, lacks: [...each.lacks, ...place] }));
  });

/** Rules of roles that could be bound: those of the cluster, and of the namespace itself. */
function unboundCandidates(snapshot: Snapshot, request: AccessRequest): readonly Candidate[] {
  const { target } = request;
  const namespace = 'path' in target ? undefined : target.namespace;
  const roles = [
    ...(namespace === undefined ? [] : snapshot.all('Role', namespace)),
    ...snapshot.all('ClusterRole').filter(({ metadata }) => !metadata.name.startsWith('system:')),
  ];
  return roles.flatMap((role) => {
    // Nobody should be bound to everything for want of something.
    const candidates = candidatesOf(role, request).filter(({ rule, lacks }) => lacks.length === 0 && !isBroad(rule));
    const binding = candidates.length === 0 ? undefined : bindingOfOthers(snapshot, role, namespace);
    return candidates.map((each) => ({ ...each, binding, lacks: ['binding' as const] }));
  });
}

const holdsFor = (binding: Binding, { target }: AccessRequest): boolean =>
  binding.kind === 'ClusterRoleBinding' || (!('path' in target) && binding.metadata.namespace === target.namespace);

const bindingOfOthers = (snapshot: Snapshot, role: Role, namespace: string | undefined): Binding | undefined =>
  (namespace === undefined ? [] : snapshot.all('RoleBinding', namespace)).find(
    (binding) => roleOf(snapshot, binding) === role,
  );

/** Rules about the same resource, whatever else they lack. */
const candidatesOf = (role: Role, request: AccessRequest): readonly Candidate[] =>
  (role.rules ?? []).flatMap((rule) => {
    const missing = gapsOf(rule, request);
    return missing.every(isLack) ? [{ role, rule: focused(rule, request), lacks: missing }] : [];
  });

const isLack = (gap: Gap): gap is Gap & Lack => gap !== 'resource' && gap !== 'url';

function sentenceOf({ role, binding, rule, lacks }: Candidate, request: AccessRequest): string {
  const what = nameOf(refOf(role));
  if (lacks.includes('binding')) return `${what} allows it and ${boundWords(binding)}`;
  const through = binding === undefined ? what : `${placedName(binding)} → ${what}`;
  return `${through} allows ${describeRule(rule)}; ${lacks.map((lack) => lackWords(lack, rule, request)).join(', and ')}`;
}

const placedName = (binding: Binding): string => {
  const { namespace } = binding.metadata;
  return namespace === undefined ? nameOf(refOf(binding)) : `${nameOf(refOf(binding))} in ${namespace}`;
};

function boundWords(binding: Binding | undefined): string {
  if (binding === undefined) return 'is not bound to it here';
  const subjects = (binding.subjects ?? []).slice(0, 3).map((subject) => describeSubject(subject, binding));
  return `${placedName(binding)} binds it to ${subjects.length === 0 ? 'nobody' : subjects.join(', ')}`;
}

function lackWords(lack: Lack, rule: PolicyRule, { verb, target }: AccessRequest): string {
  const { namespace, name } = 'path' in target ? {} : target;
  switch (lack) {
    case 'verb':
      return `verb ${verb} is missing`;
    case 'group':
      return `that is in group ${quoted(rule.apiGroups)}, and ${describeTarget(target)} is in ${quoted(['group' in target ? target.group : ''])}`;
    case 'subresource':
      return `${describeTarget(target)} is missing`;
    case 'name':
      return name === undefined
        ? `${verb} without a name needs a rule without names`
        : `${name} is not among the names`;
    case 'namespace':
      return namespace === undefined
        ? 'it holds in one namespace, not in the whole cluster'
        : `it does not hold in ${namespace}`;
    default:
      return 'nothing binds it';
  }
}

const quoted = (words: readonly string[] | undefined): string => (words ?? []).map((word) => `"${word}"`).join(', ');
