import { rbacForbiddenWorkload } from '../../../../../../src/engines/diagnosis/rules/pod/rbac-forbidden-workload.ts';
import { aContainer, aLog, anObject, aPod, aSnapshot, crashed, minutesAgo } from '../../../../../support/builders.ts';
import { again, aSteadyLog } from '../../../../../support/complaining-pod.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const said =
  'Error from server (Forbidden): pods is forbidden: User "system:serviceaccount:shop:lister" cannot list resource "pods" in API group "" in the namespace "shop"';
const inCluster =
  'E1123 nodes is forbidden: User "system:serviceaccount:shop:lister" cannot watch resource "nodes" in API group "" at the cluster scope';
const broken = aPod('lister', { containers: [aContainer('app', crashed({ exitCode: 1 }))] });
const restarted = {
  status: {
    ready: true,
    restartCount: 5,
    state: { running: { startedAt: minutesAgo(0.1) } },
    lastState: { terminated: { exitCode: 1, startedAt: minutesAgo(0.4), finishedAt: minutesAgo(0.2) } },
  },
};
const unfilled = 'level=fatal msg="failed to sync *v1.Pod: context deadline exceeded"';
const complete = ['RoleBinding', 'ClusterRoleBinding', 'Role', 'ClusterRole'];
const aBinding = (role: string, subject: object = { kind: 'ServiceAccount', name: 'lister' }) =>
  anObject('RoleBinding', `bind-${role}`, { roleRef: { kind: 'Role', name: role }, subjects: [subject] });
const aRole = (name: string, verbs: readonly string[], resources = ['pods']) =>
  anObject('Role', name, { rules: [{ apiGroups: [''], resources, verbs }] });
const asked = (objects: readonly object[], { text = said, pod = broken } = {}) =>
  aSnapshot({ complete, objects: [pod, ...objects] as never, logs: [aLog('lister', [text], { previous: true })] });

testRule(rbacForbiddenWorkload, {
  silent: {
    'a Job that was done at the second attempt': asked([], { pod: aPod('lister', { status: { phase: 'Succeeded' } }) }),
    'a pod that works': asked([], { pod: aPod('lister') }),
    'a permission that is there by now': asked([aBinding('reader'), aRole('reader', ['get', 'list'])]),
    'a group that has it': asked([
      aBinding('reader', { kind: 'Group', name: 'system:serviceaccounts:shop' }),
      aRole('reader', ['*'], ['*']),
    ]),
    'a refusal of another server': aSnapshot({
      complete,
      objects: [aPod('lister')],
      logs: [aSteadyLog(again(['ERROR cannot list orders in shop: HTTP 403']), { pod: 'lister' })],
    }),
    'a person who was refused': asked([], { text: 'ERROR User "jane" cannot list resource "pods" in API group ""' }),
    'another error': asked([], { text: 'ERROR no such table' }),
    'a cache that is not filled in time, though it may be': asked(
      [aBinding('reader', { kind: 'ServiceAccount', name: 'default' }), aRole('reader', ['list'])],
      {
        text: unfilled,
      },
    ),
    'a cache of something else': asked([], {
      text: 'level=fatal msg="failed to sync *v1.Widget: context deadline exceeded"',
    }),
  },
  speaks: {
    'of a cache that is never filled, because nobody allows it': [
      asked([aBinding('reader', { kind: 'ServiceAccount', name: 'other' }), aRole('reader', ['list'])], {
        text: unfilled,
        pod: { ...broken, spec: { ...broken.spec, serviceAccountName: 'lister' } },
      }),
      {
        object: 'Pod/lister',
        problem: 'may not list pods in namespace shop: RoleBinding/bind-reader gives Role/reader to',
      },
    ],
    'of such a cache of another group': [
      asked([], { text: 'level=fatal msg="failed to sync *v1.Ingress: context deadline exceeded"' }),
      { object: 'Pod/lister', problem: 'may not list ingresses.networking.k8s.io in namespace shop' },
    ],
    'of a Role that cannot reach what belongs to no namespace': [
      asked([aBinding('viewer'), aRole('viewer', ['get', 'watch'], ['nodes'])], { text: inCluster }),
      {
        object: 'Pod/lister',
        problem:
          'may not watch nodes in the whole cluster: Role/viewer allows it, but RoleBinding/bind-viewer gives that in namespace shop only, and nodes belong to no namespace',
        evidence: ['binds Role/viewer, which allows get, watch on nodes'],
        fix: 'restore a ClusterRole that allows watch nodes',
      },
    ],
    'of a program that asks in all namespaces and may in one': [
      asked([aBinding('viewer'), aRole('viewer', ['*'])], { text: inCluster.replaceAll('nodes', 'pods') }),
      { object: 'Pod/lister', fix: 'let the program ask in namespace shop only' },
    ],
    'of a role that another namespace than the one it asks in gives it': [
      asked([aBinding('viewer'), aRole('viewer', ['list'])], {
        text: said.replace('namespace "shop"', 'namespace "data"'),
      }),
      {
        object: 'Pod/lister',
        problem:
          'may not list pods in namespace data: Role/viewer allows it, but RoleBinding/bind-viewer gives that in namespace shop only',
        fix: 'restore a Role that allows list pods, bound in namespace data to ServiceAccount/lister of namespace shop',
      },
    ],
    'of a ClusterRole that can be bound there too': [
      asked(
        [
          anObject('RoleBinding', 'bind-viewer', {
            roleRef: { kind: 'ClusterRole', name: 'viewer' },
            subjects: [{ kind: 'ServiceAccount', name: 'lister' }],
          }),
          anObject('ClusterRole', 'viewer', {
            metadata: { namespace: undefined },
            rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['list'] }],
          }),
        ],
        { text: said.replace('namespace "shop"', 'namespace "data"') },
      ),
      {
        object: 'Pod/lister',
        problem: 'ClusterRole/viewer allows it, but RoleBinding/bind-viewer gives that in namespace shop only',
        fix: 'bind ClusterRole/viewer to ServiceAccount/lister of namespace shop by a RoleBinding in namespace data too',
      },
    ],
    'of a Role about another verb, which is no matter of its reach': [
      asked([aBinding('viewer'), aRole('viewer', ['get'], ['nodes'])], { text: inCluster }),
      { object: 'Pod/lister', problem: 'no ClusterRoleBinding names ServiceAccount/lister' },
    ],
    'of a rule without the subresource': [
      asked([aBinding('runner'), aRole('runner', ['create', 'list'])], {
        text: said.replace('resource "pods"', 'resource "pods/exec"'),
      }),
      { object: 'Pod/lister', problem: 'names pods, not the subresource pods/exec' },
    ],
    'of a role about something else': [
      asked([aBinding('other'), aRole('other', ['list'], ['secrets'])]),
      {
        object: 'Pod/lister',
        problem: 'Role/other, which does not name that resource',
        fix: 'add list pods to the rules of Role/other',
      },
    ],
    'of a container that is ready, and refused, beside one that is not': [
      aSnapshot({
        complete,
        objects: [aPod('lister', { containers: [aContainer('web', { status: { ready: false } }), aContainer()] })],
        logs: [aSteadyLog(again([`ERROR ${said}`]), { pod: 'lister' })],
      }),
      { object: 'Pod/lister', problem: 'may not list pods in namespace shop' },
    ],
    'of a pod that is ready and is refused all the time': [
      aSnapshot({
        complete,
        objects: [aPod('lister')],
        logs: [aSteadyLog(again([`ERROR ${said}`]), { pod: 'lister' })],
      }),
      { object: 'Pod/lister', problem: 'may not list pods in namespace shop' },
    ],
    'of a pod that tells it in words of its own': [
      aSnapshot({
        complete,
        objects: [aPod('lister', { spec: { serviceAccountName: 'reader' } })],
        logs: [aSteadyLog(again(['ERROR: cannot list pods in shop: HTTP 403']), { pod: 'lister' })],
      }),
      {
        object: 'Pod/lister',
        problem: 'may not list pods in namespace shop: no role is bound to ServiceAccount/reader',
      },
    ],
    'of a binding of the right role to an account that there is not': [
      asked([aBinding('reader', { kind: 'ServiceAccount', name: 'admin' }), aRole('reader', ['list'])]),
      {
        object: 'Pod/lister',
        problem: 'gives Role/reader to ServiceAccount/admin of namespace shop, not to ServiceAccount/lister',
        fix: 'set subjects of RoleBinding/bind-reader',
      },
    ],
    'of an account without a role': [
      asked([]),
      {
        object: 'Pod/lister',
        problem: 'may not list pods in namespace shop: no role is bound to ServiceAccount/lister',
        certainty: 'recomputed',
        fix: 'restore a Role that allows list pods',
      },
    ],
    'of the role that comes nearest': [
      asked([aBinding('getter'), aRole('getter', ['get'])]),
      {
        object: 'Pod/lister',
        problem: 'Role/getter, which ServiceAccount/lister has, allows only get',
        evidence: ['binds Role/getter, which allows get on pods'],
      },
    ],
    'of a role for the same resource of another API group': [
      asked([
        aBinding('old'),
        anObject('Role', 'old', { rules: [{ apiGroups: ['extensions'], resources: ['pods'], verbs: ['list'] }] }),
      ]),
      {
        object: 'Pod/lister',
        problem: 'Role/old, which ServiceAccount/lister has, allows it on pods of API group extensions, not of ""',
        fix: 'to apiGroups in the rules of Role/old',
      },
    ],
    'of a role for objects of some names, where a list names none': [
      asked([
        aBinding('some'),
        anObject('Role', 'some', {
          rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['list'], resourceNames: ['db-0'] }],
        }),
      ]),
      {
        object: 'Pod/lister',
        problem: 'allows list on pods only of the name db-0, and a list names none',
        fix: 'write a rule without resourceNames for list',
      },
    ],
    'of a role for other resources': [
      asked([aBinding('getter'), aRole('getter', ['get'], ['secrets'])]),
      { object: 'Pod/lister', problem: 'ServiceAccount/lister has Role/getter, which does not name that resource' },
    ],
    'of a binding to a role that does not exist': [
      asked([aBinding('gone')]),
      {
        object: 'Pod/lister',
        problem: 'RoleBinding/bind-gone gives ServiceAccount/lister Role/gone, which does not exist',
      },
    ],
    'of the scope of the cluster': [
      asked([], { text: inCluster }),
      { object: 'Pod/lister', problem: 'may not watch nodes in the whole cluster', fix: 'restore a ClusterRole' },
    ],
    'of a refusal that was logged as JSON': [
      asked([], { text: `{"kind":"Status","message":${JSON.stringify(said)},"code":403}` }),
      { object: 'Pod/lister', problem: 'may not list pods in namespace shop' },
    ],
    'of a refusal before the line that says it is over, while the pod has just started again': [
      aSnapshot({
        complete,
        objects: [aPod('lister', { containers: [aContainer('app', restarted)] })],
        logs: [aLog('lister', [`E1126 ${said}`, 'F1126 leader election lost'], { previous: true })],
      }),
      { object: 'Pod/lister', problem: 'no role is bound to ServiceAccount/lister' },
    ],
    'of a binding that names an account of another namespace': [
      asked([aBinding('reader', { kind: 'ServiceAccount', name: 'lister', namespace: 'default' })]),
      {
        object: 'Pod/lister',
        problem:
          'RoleBinding/bind-reader gives Role/reader to ServiceAccount/lister of namespace default, not to ServiceAccount/lister of namespace shop',
        fix: 'set subjects of RoleBinding/bind-reader to kind ServiceAccount, name lister, namespace shop',
      },
    ],
    'of a binding that names a User': [
      asked([aBinding('reader', { kind: 'User', name: 'lister' })]),
      { object: 'Pod/lister', problem: 'gives Role/reader to User/lister, not to' },
    ],
    'by the log alone when roles could not be read': [
      aSnapshot({ objects: [broken], logs: [aLog('lister', [said], { previous: true })] }),
      { object: 'Pod/lister', problem: 'ServiceAccount/lister lacks the permission', certainty: 'message' },
    ],
  },
});
