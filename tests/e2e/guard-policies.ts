import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { apply, eventually, kubeconfig, kubectl } from './bed.ts';
import { applied } from './guard-places.ts';
import type { Healer } from './healer.ts';
import { aWorkload } from './workloads.ts';

const admission = 'admissionregistration.k8s.io/v1';
const rbac = 'rbac.authorization.k8s.io';
const ofNamespace = (namespace: string): object => ({
  namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
});
const onUpdate = {
  resourceRules: [{ apiGroups: ['apps'], apiVersions: ['v1'], operations: ['UPDATE'], resources: ['deployments'] }],
};

/** No container may have more than 64Mi. */
export async function limited({ namespace }: Healer): Promise<void> {
  const resources = { requests: { cpu: '1m', memory: '4Mi' }, limits: { memory: '48Mi' } };
  const limits = [{ type: 'Container', max: { memory: '64Mi' } }];
  await applied(namespace, aWorkload('web', { replicas: 0, container: { resources } }), {
    apiVersion: 'v1',
    kind: 'LimitRange',
    metadata: { name: 'small' },
    spec: { limits },
  });
}

/** Before 1.36 only v1beta1 has some kinds of its policies. */
async function versionOf(resource: string): Promise<string> {
  const { resources } = JSON.parse(await kubectl('get', '--raw', `/apis/${admission}`)) as {
    readonly resources: readonly { readonly name: string }[];
  };
  return resources.some(({ name }) => name === resource) ? admission : `${admission}beta1`;
}

/** A policy that sets a field of its own whenever somebody changes the Deployment `mutated`. */
export async function mutated({ namespace }: Healer): Promise<void> {
  const expression = 'Object{spec: Object.spec{revisionHistoryLimit: 3}}';
  const apiVersion = await versionOf('mutatingadmissionpolicies');
  await applied(
    namespace,
    ...['mutated', 'kept'].map((name) => aWorkload(name, { replicas: 0 })),
    {
      apiVersion,
      kind: 'MutatingAdmissionPolicy',
      metadata: { name: namespace },
      spec: {
        matchConstraints: onUpdate,
        matchConditions: [{ name: 'named', expression: 'object.metadata.name == "mutated"' }],
        failurePolicy: 'Fail',
        reinvocationPolicy: 'Never',
        mutations: [{ patchType: 'ApplyConfiguration', applyConfiguration: { expression } }],
      },
    },
    {
      apiVersion,
      kind: 'MutatingAdmissionPolicyBinding',
      metadata: { name: namespace },
      spec: { policyName: namespace, matchResources: ofNamespace(namespace) },
    },
  );
  const path = 'jsonpath={.spec.revisionHistoryLimit}';
  await known(async () => {
    const tried = ['annotate', 'deployment/mutated', 'a=b', '--dry-run=server', '-n', namespace, '-o', path];
    if ((await kubectl(...tried)) !== '3') throw new Error('nothing is mutated yet');
  });
}

/** Whatever changes a Deployment here is refused, unless it is only tried. */
export async function failingWrites({ namespace }: Healer): Promise<void> {
  await applied(
    namespace,
    {
      apiVersion: admission,
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name: namespace },
      spec: {
        matchConstraints: onUpdate,
        failurePolicy: 'Fail',
        validations: [{ expression: 'has(request.dryRun) && request.dryRun', message: 'not today' }],
      },
    },
    {
      apiVersion: admission,
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata: { name: namespace },
      spec: { policyName: namespace, validationActions: ['Deny'], matchResources: ofNamespace(namespace) },
    },
  );
  await known(async () => {
    const written = kubectl('annotate', 'deployment', '--all', 'note=late', '--overwrite', '-n', namespace);
    if (
      await written.then(
        () => true,
        () => false,
      )
    )
      throw new Error('nothing is refused yet');
  });
}

/** The API server takes a moment to know a new policy or role. */
const known = (probe: () => Promise<unknown>): Promise<unknown> => eventually(probe, { seconds: 30, pause: 500 });

/** Flux's kind, as far as it matters here. */
export async function deliveryKinds(): Promise<void> {
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  await apply(
    'default',
    JSON.stringify({
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: kustomizations },
      spec: {
        group: 'kustomize.toolkit.fluxcd.io',
        scope: 'Namespaced',
        names: { kind: 'Kustomization', plural: 'kustomizations', singular: 'kustomization' },
        versions: [{ name: 'v1', served: true, storage: true, schema }],
      },
    }),
  );
  await kubectl('wait', '--for=condition=established', `crd/${kustomizations}`, '--timeout=30s');
}
export const withoutDeliveryKinds = (): Promise<string> =>
  kubectl('delete', 'crd', kustomizations, '--ignore-not-found', '--wait=false');
const kustomizations = 'kustomizations.kustomize.toolkit.fluxcd.io';

const readable =
  'pods nodes namespaces services endpointslices configmaps resourcequotas limitranges poddisruptionbudgets ' +
  'horizontalpodautoscalers deployments replicasets statefulsets daemonsets jobs controllerrevisions leases events';

/** The kubeconfig of somebody who may change Deployments and evict, but reads no log, writes no Event and makes no pod. */
export async function aLesserUser({ namespace }: Healer): Promise<string> {
  const name = namespace;
  const allow = (apiGroup: string, resources: readonly string[], ...verbs: readonly string[]): object => ({
    apiGroups: [apiGroup],
    resources,
    verbs,
  });
  await applied(
    namespace,
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'lesser' } },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'ClusterRole',
      metadata: { name },
      rules: [
        allow('*', readable.split(' '), 'get', 'list'),
        allow('apps', ['deployments'], 'patch'),
        allow('', ['pods/eviction'], 'create'),
        allow('coordination.k8s.io', ['leases'], 'create', 'update'),
      ],
    },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: { name },
      roleRef: { apiGroup: rbac, kind: 'ClusterRole', name },
      subjects: [{ kind: 'ServiceAccount', name: 'lesser', namespace }],
    },
  );
  const lesser = ['-n', namespace, `--as=system:serviceaccount:${namespace}:lesser`];
  await known(() => kubectl('auth', 'can-i', 'create', 'pods', '--subresource=eviction', ...lesser));
  const file = join(mkdtempSync(join(tmpdir(), 'kubemend-lesser-')), 'kubeconfig');
  const whole = JSON.parse(
    await kubectl('config', 'view', '--raw', '-o', 'json', '--kubeconfig', await kubeconfig()),
  ) as {
    contexts: { name: string; context: object }[];
  };
  const user = { token: (await kubectl('create', 'token', 'lesser', '-n', namespace)).trim() };
  const contexts = whole.contexts.map(({ name: of, context }) => ({
    name: of,
    context: { ...context, user: 'lesser' },
  }));
  writeFileSync(file, JSON.stringify({ ...whole, contexts, users: [{ name: 'lesser', user }] }));
  return file;
}

/** What belongs to no namespace and is named after one. */
export async function removed(healers: readonly Pick<Healer, 'namespace'>[]): Promise<void> {
  const kinds =
    'mutatingadmissionpolicy,mutatingadmissionpolicybinding,validatingadmissionpolicy,validatingadmissionpolicybinding,clusterrole,clusterrolebinding';
  const names = healers.map(({ namespace }) => namespace);
  await kubectl('delete', kinds, ...names, '--ignore-not-found', '--wait=false');
}
