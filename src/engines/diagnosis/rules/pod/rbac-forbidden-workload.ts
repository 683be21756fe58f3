import { type Denial, type DeniedPod, deniedPods } from '../../../access-denials.ts';
import { allows, type BoundRole, boundRoles, confinedRoles, strayBindings } from '../../../bound-roles.ts';
import { nameOf, refOf } from '../../../objects.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { defineRule, type Evidence, type Finding, type Fix } from '../../rule.ts';

const named = 3;

export const rbacForbiddenWorkload = defineRule({
  id: 'rbac-forbidden-workload',
  title: 'A program may not do what it needs to in the API',
  area: 'pod',
  class: 'cause',
  severity: 'high',
  meaning:
    'The program asks the API server for something that its ServiceAccount may not do, and does not work without.',
  detection:
    'The log of a pod that does not work says `User "system:serviceaccount:NS:SA" cannot VERB resource "R"`. Roles and ' +
    'bindings are then read, and it is recomputed what is bound to that account and what that allows; when it is ' +
    'allowed by now, the rule is silent.',
  remedies: [
    'Restore the binding or the role through what owns it: the Helm chart, the operator, Git.',
    'Give the workload the ServiceAccount that has the permission.',
  ],
  avoid: ['binding cluster-admin to get on', 'granting more than the verb and the resource that were refused'],

  check: (snapshot) => deniedPods(snapshot).flatMap((denied) => findingOf(snapshot, denied)),
});

function findingOf(snapshot: Snapshot, { pod, container, denial, entry }: DeniedPod): readonly Finding[] {
  const { account, verb, namespace } = denial;
  const bound = boundRoles(snapshot, denial);
  if (bound.some(({ verbs }) => allows(verbs, denial))) return [];
  const confined = confinedRoles(snapshot, denial);
  const known = isKnown(snapshot, namespace);
  const where = namespace === undefined ? 'in the whole cluster' : `in namespace ${namespace}`;
  const what = `${verb} ${denial.resource}${denial.group === '' ? '' : `.${denial.group}`}`;
  return [
    {
      subject: refOf(pod),
      container,
      problem: `may not ${what} ${where}: ${known ? nearestWords(snapshot, denial, bound) : `${nameOf(account)} lacks the permission`}`,
      certainty: known ? 'recomputed' : 'message',
      evidence: [
        { object: refOf(pod), source: 'log', text: entry.words, at: entry.entry.at },
        ...[...confined, ...bound.filter(isOwn)].slice(0, named).map(
          ({ binding, role, exists, verbs, near }): Evidence => ({
            object: binding,
            source: 'recomputed',
            text: `binds ${nameOf(role)}, which ${exists ? (near?.says ?? `allows ${verbs.join(', ') || 'nothing'} on ${denial.resource}`) : 'does not exist'}`,
          }),
        ),
      ],
      fixes: [
        ...(confined.length > 0 ? [] : subjectFix(snapshot, denial, bound)),
        ...nearFix(bound),
        ...wideningFix(bound, what),
        ...(namespace === undefined ? confinedFix(denial, confined) : reachFix(denial, confined)),
        {
          advice: `restore a ${namespace === undefined ? 'ClusterRole' : 'Role'} that allows ${what}, bound${namespace === undefined || namespace === account.namespace ? '' : ` in namespace ${namespace}`} to ${nameOf(account)} of namespace ${account.namespace}, through what owns it`,
          reason: 'the program asks again, or after its next start',
        },
      ],
      missingEvidence: known
        ? []
        : ['the roles and bindings (list roles, rolebindings, clusterroles, clusterrolebindings)'],
      nextCheck: `kubectl auth can-i ${verb} ${denial.resource} ${namespace === undefined ? '' : `-n ${namespace} `}--as=system:serviceaccount:${account.namespace}:${account.name}`,
    },
  ];
}

/** What a binding that names another account should say. */
function subjectFix(snapshot: Snapshot, denial: Denial, bound: readonly BoundRole[]): readonly Fix[] {
  const [stray] = bound.some(isOwn) ? [] : strayBindings(snapshot, denial);
  if (stray === undefined) return [];
  const { namespace, name } = denial.account;
  return [
    {
      advice: `set subjects of ${nameOf(stray.binding)} to kind ServiceAccount, name ${name}, namespace ${namespace}`,
      reason: `it names ${stray.subject}`,
    },
  ];
}

/** The one role that the account has, which lacks a rule for this. */
function wideningFix(bound: readonly BoundRole[], what: string): readonly Fix[] {
  const [only, ...others] = bound.filter(isOwn);
  return only === undefined || others.length > 0 || !only.exists || only.near !== undefined
    ? []
    : [
        {
          advice: `add ${what} to the rules of ${nameOf(only.role)}, through what owns it`,
          reason: `${nameOf(only.binding)} binds it already`,
        },
      ];
}

/** A role of the cluster that is bound in another namespace can be bound where it is needed, as it is. */
const reachFix = ({ account, namespace }: Denial, confined: readonly BoundRole[]): readonly Fix[] =>
  confined
    .filter(({ role }) => role.kind === 'ClusterRole')
    .slice(0, 1)
    .map(({ role }) => ({
      advice: `bind ${nameOf(role)} to ${nameOf(account)} of namespace ${account.namespace} by a RoleBinding in namespace ${namespace} too`,
      reason: 'a RoleBinding gives rights in its own namespace only',
    }));

/** A program may be able to ask in one namespace only; for an object of the cluster no namespace helps. */
function confinedFix({ resource }: Denial, [first]: readonly BoundRole[]): readonly Fix[] {
  const namespace = first?.binding.namespace;
  if (namespace === undefined || ofCluster.has(resource)) return [];
  return [
    {
      advice: `let the program ask in namespace ${namespace} only, if it has a setting for that`,
      reason: 'there it is allowed already, and needs no right in other namespaces',
    },
  ];
}

/** Resources that belong to no namespace and that programs ask for. */
const ofCluster = new Set([
  'nodes',
  'nodes/stats',
  'nodes/metrics',
  'nodes/proxy',
  'namespaces',
  'persistentvolumes',
  'storageclasses',
  'ingressclasses',
  'priorityclasses',
  'clusterroles',
  'clusterrolebindings',
  'customresourcedefinitions',
  'csinodes',
  'volumeattachments',
]);

/** What to change in a rule that nearly allows it. */
const nearFix = (bound: readonly BoundRole[]): readonly Fix[] =>
  bound
    .slice(0, named)
    .flatMap(({ role, near }) =>
      near === undefined
        ? []
        : [
            {
              advice: `${near.change} in the rules of ${nameOf(role)}, through what owns it`,
              reason: `it ${near.says}`,
            },
          ],
    )
    .slice(0, 1);

const isKnown = (snapshot: Snapshot, namespace: string | undefined): boolean =>
  snapshot.presence('ClusterRoleBinding', undefined, '') !== 'unknown' &&
  (namespace === undefined || snapshot.presence('RoleBinding', namespace, '') !== 'unknown');

/** What comes nearest to granting it. */
function nearestWords(snapshot: Snapshot, denial: Denial, bound: readonly BoundRole[]): string {
  const { account } = denial;
  const dangling = bound.find(({ exists }) => !exists);
  if (dangling !== undefined)
    return `${nameOf(dangling.binding)} gives ${nameOf(account)} ${nameOf(dangling.role)}, which does not exist`;
  const [confined] = confinedRoles(snapshot, denial);
  if (confined !== undefined) {
    const none = ofCluster.has(denial.resource) ? `, and ${denial.resource} belong to no namespace` : '';
    return `${nameOf(confined.role)} allows it, but ${nameOf(confined.binding)} gives that in namespace ${confined.binding.namespace} only${none}`;
  }
  const close = bound.find(({ near }) => near !== undefined);
  if (close?.near !== undefined) return `${nameOf(close.role)}, which ${nameOf(account)} has, ${close.near.says}`;
  const nearest = bound.find(({ verbs }) => verbs.length > 0);
  if (nearest !== undefined)
    return `${nameOf(nearest.role)}, which ${nameOf(account)} has, allows only ${nearest.verbs.join(', ')}`;
  const own = bound.filter(isOwn);
  const [stray] = own.length === 0 ? strayBindings(snapshot, denial) : [];
  if (stray !== undefined)
    return `${nameOf(stray.binding)} gives ${nameOf(stray.role)} to ${stray.subject}, not to ${nameOf(account)} of namespace ${account.namespace}`;
  if (own.length === 0)
    return `no ${denial.namespace === undefined ? 'ClusterRoleBinding names' : 'role is bound to'} ${nameOf(account)}`;
  const names = own.slice(0, named).map(({ role }) => nameOf(role));
  return `${nameOf(account)} has ${names.join(', ')}, which ${names.length > 1 ? 'do' : 'does'} not name that resource`;
}

/** Every account has the roles of the system. */
const isOwn = ({ role }: BoundRole): boolean => !role.name.startsWith('system:');
