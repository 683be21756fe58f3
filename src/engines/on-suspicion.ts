import { deniedPods } from './access-denials.ts';
import { creationFailures } from './admission.ts';
import { failedCondition, metricsApiOf } from './autoscalers.ts';
import { rolesAnywhere } from './bound-roles.ts';
import { configFaults } from './config-faults.ts';
import { deliveriesOf, deliveryReads } from './deliveries.ts';
import { farReads } from './host-reads.ts';
import { namesakeReads, strayPodReads } from './namesakes.ts';
import { refOf } from './objects.ts';
import { podsOf } from './owners.ts';
import { unsettledPods } from './pod-groups.ts';
import { containersOf, isBroken, lastTermination, podCondition } from './pods.ts';
import { certificatesOf } from './routes.ts';
import type { Snapshot } from './snapshot.ts';
import type { Read } from './snapshot-data.ts';
import { syncerKinds } from './syncers.ts';
import { unsyncedAccounts } from './unsynced-caches.ts';
import { cpuReads } from './usage/cpu-limits.ts';
import { failedCallIn } from './webhooks.ts';

/** Kinds that most diagnoses never need, each read when something that was seen points to it. */
export const onSuspicion = (snapshot: Snapshot): readonly Read[] => [
  ...unwantedDaemons(snapshot),
  ...metricsApis(snapshot),
  ...budgets(snapshot),
  ...deadNamespaces(snapshot),
  ...roles(snapshot),
  ...rolesOfWatchers(snapshot),
  ...certificates(snapshot),
  ...secretMakers(snapshot),
  ...controllerLease(snapshot),
  ...deliveries(snapshot),
  ...cpuReads(snapshot),
  ...defaultLimits(snapshot),
  ...namesakeReads(snapshot),
  ...farReads(snapshot),
  ...strayPodReads(snapshot),
  ...webhookConfigurations(snapshot),
  ...optionalKeys(snapshot),
];

const mostOptional = 5;

/** ConfigMaps of which a container takes a key that may be missing: then nothing else would tell. */
function optionalKeys(snapshot: Snapshot): readonly Read[] {
  const wanted = snapshot.all('Pod').flatMap(({ metadata: { namespace }, spec }) =>
    [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])].flatMap(({ env = [] }) =>
      env.flatMap(({ valueFrom }) => {
        const { name, optional } = valueFrom?.configMapKeyRef ?? {};
        return optional === true && name !== undefined ? [{ namespace, name }] : [];
      }),
    ),
  );
  const unique = [...new Map(wanted.map((each) => [`${each.namespace}/${each.name}`, each])).values()];
  return unique.slice(0, mostOptional).map((each) => ({ verb: 'get', kind: 'ConfigMap', ...each }));
}

/** Whether a DaemonSet that no node wants is meant for labels that no node has. */
function unwantedDaemons(snapshot: Snapshot): readonly Read[] {
  const unwanted = snapshot
    .all('DaemonSet')
    .some(
      ({ spec, status }) => status?.desiredNumberScheduled === 0 && spec?.template?.spec?.nodeSelector !== undefined,
    );
  return unwanted ? [{ verb: 'list', kind: 'Node', as: 'full' }] : [];
}

/** Who should serve the metrics that an autoscaler does not get. */
const metricsApis = (snapshot: Snapshot): readonly Read[] =>
  snapshot.all('HorizontalPodAutoscaler').flatMap((autoscaler): readonly Read[] => {
    const api = metricsApiOf(failedCondition(snapshot, autoscaler, 'ScalingActive')?.reason ?? '')?.api;
    return api === undefined ? [] : [{ verb: 'get', kind: 'APIService', name: api }];
  });

/** What an eviction waits for: from a cordoned node, or from what is asked about. */
function budgets(snapshot: Snapshot): readonly Read[] {
  const { namespace, object } = snapshot.scope;
  const wanted =
    object?.kind === 'Node' ||
    object?.kind === 'PodDisruptionBudget' ||
    snapshot.all('Node').some(({ spec }) => spec?.unschedulable === true);
  return wanted ? [{ verb: 'list', kind: 'PodDisruptionBudget', namespace, as: 'full' }] : [];
}

/** The APIs of a namespace that stays because its content cannot be listed. */
function deadNamespaces(snapshot: Snapshot): readonly Read[] {
  const undiscovered = snapshot
    .all('Namespace')
    .some(({ status }) =>
      status?.conditions?.some(
        ({ type, status: value }) => type === 'NamespaceDeletionDiscoveryFailure' && value === 'True',
      ),
    );
  return undiscovered ? [{ verb: 'list', kind: 'APIService', as: 'full' }] : [];
}

/** What is bound to a ServiceAccount that the API server refused something. */
const roles = (snapshot: Snapshot): readonly Read[] =>
  deniedPods(snapshot).flatMap(({ denial }): readonly Read[] => [
    { verb: 'list', kind: 'ClusterRoleBinding', as: 'full' },
    // What was refused elsewhere may be allowed in the namespace of the account only.
    ...[...new Set([denial.namespace ?? denial.account.namespace, denial.account.namespace])].flatMap((namespace) =>
      (['RoleBinding', 'Role'] as const).map((kind): Read => ({ verb: 'list', kind, namespace, as: 'full' })),
    ),
    ...rolesAnywhere(snapshot, denial).map(
      ({ role: { kind, namespace, name } }): Read => ({ verb: 'get', kind, namespace, name }),
    ),
  ]);

/** What is bound to the ServiceAccount of a controller that could not list what it watches. */
const rolesOfWatchers = (snapshot: Snapshot): readonly Read[] =>
  unsyncedAccounts(snapshot).flatMap((account): readonly Read[] => [
    { verb: 'list', kind: 'ClusterRoleBinding', as: 'full' },
    { verb: 'list', kind: 'RoleBinding', namespace: account.namespace, as: 'full' },
  ]);

/** What cert-manager says of the certificates that an Ingress asks it for. */
function certificates(snapshot: Snapshot): readonly Read[] {
  const asking = snapshot
    .all('Ingress')
    .filter(
      (ingress) =>
        Object.keys(ingress.metadata.annotations ?? {}).some((key) =>
          /^cert-manager\.io\/(cluster-)?issuer$/.test(key),
        ) ||
        certificatesOf(ingress).some(
          ({ secret }) => snapshot.presence('Secret', ingress.metadata.namespace, secret) === 'absent',
        ),
    );
  return [...new Set(asking.map(({ metadata }) => metadata.namespace))].map((namespace) => ({
    verb: 'list',
    kind: 'Certificate',
    apiVersion: 'cert-manager.io/v1',
    namespace,
    as: 'full',
  }));
}

/** What should have made the Secrets that pods wait for. */
function secretMakers(snapshot: Snapshot): readonly Read[] {
  const missing = configFaults(snapshot).filter(({ object, keys }) => object.kind === 'Secret' && keys.length === 0);
  return [...new Set(missing.map(({ object }) => object.namespace))].flatMap((namespace) =>
    syncerKinds.map(({ kind, apiVersion }): Read => ({ verb: 'list', kind, apiVersion, namespace, as: 'full' })),
  );
}

/** Whether the controllers live, when a change was not looked at. */
function controllerLease(snapshot: Snapshot): readonly Read[] {
  const ignored = (['Deployment', 'StatefulSet', 'DaemonSet'] as const)
    .flatMap((kind) => snapshot.all(kind))
    .some(({ metadata, status }) => (status?.observedGeneration ?? 0) < (metadata.generation ?? 0));
  return ignored ? [{ verb: 'get', kind: 'Lease', namespace: 'kube-system', name: 'kube-controller-manager' }] : [];
}

/** Who set the limit that a container is killed at, or the request that no node has room for, when its pod says that a LimitRange did. */
function defaultLimits(snapshot: Snapshot): readonly Read[] {
  const limited = unsettledPods(snapshot).filter(
    (pod) =>
      pod.metadata.annotations?.['kubernetes.io/limit-ranger'] !== undefined &&
      (/Insufficient/.test(podCondition(pod, 'PodScheduled')?.message ?? '') ||
        containersOf(pod).some(({ status }) => lastTermination(status)?.reason === 'OOMKilled')),
  );
  return [...new Set(limited.flatMap(({ metadata }) => metadata.namespace ?? []))].map((namespace) => ({
    verb: 'list',
    kind: 'LimitRange',
    namespace,
    as: 'full',
  }));
}

/** Who registered a webhook that cannot be called. */
const webhookConfigurations = (snapshot: Snapshot): readonly Read[] =>
  creationFailures(snapshot).some(({ reason }) => failedCallIn(reason) !== undefined)
    ? (['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration'] as const).map((kind) => ({
        verb: 'list',
        kind,
        as: 'full',
      }))
    : [];

/** Who delivers the workloads that are broken. */
const deliveries = (snapshot: Snapshot): readonly Read[] =>
  (['Deployment', 'StatefulSet', 'DaemonSet'] as const)
    .flatMap((kind) => snapshot.all(kind))
    .filter((workload) => deliveriesOf(workload).length > 0 && podsOf(snapshot, refOf(workload)).some(isBroken))
    .flatMap((workload) => deliveriesOf(workload).map(deliveryReads))
    .slice(0, maximumDeliveries);

const maximumDeliveries = 10;
