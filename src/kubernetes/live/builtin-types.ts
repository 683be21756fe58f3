import { AppError } from '../../platform/errors.ts';
import type { ResourceType } from '../ports.ts';

/**
 * Kinds that every supported server (1.30 and later) has, so that reading them costs no discovery. Columns:
 * apiVersion, kind, plural, `*` when cluster-scoped, short names. Order decides which group wins a bare name.
 */
const table = `
v1 Pod pods - po
v1 Service services - svc
v1 ConfigMap configmaps - cm
v1 Secret secrets -
v1 Namespace namespaces * ns
v1 Node nodes * no
v1 Event events - ev
v1 Endpoints endpoints - ep
v1 PersistentVolume persistentvolumes * pv
v1 PersistentVolumeClaim persistentvolumeclaims - pvc
v1 ServiceAccount serviceaccounts - sa
v1 LimitRange limitranges - limits
v1 ResourceQuota resourcequotas - quota
v1 ReplicationController replicationcontrollers - rc
v1 PodTemplate podtemplates -
apps/v1 Deployment deployments - deploy
apps/v1 StatefulSet statefulsets - sts
apps/v1 DaemonSet daemonsets - ds
apps/v1 ReplicaSet replicasets - rs
apps/v1 ControllerRevision controllerrevisions -
batch/v1 Job jobs -
batch/v1 CronJob cronjobs - cj
autoscaling/v2 HorizontalPodAutoscaler horizontalpodautoscalers - hpa
policy/v1 PodDisruptionBudget poddisruptionbudgets - pdb
networking.k8s.io/v1 Ingress ingresses - ing
networking.k8s.io/v1 IngressClass ingressclasses *
networking.k8s.io/v1 NetworkPolicy networkpolicies - netpol
discovery.k8s.io/v1 EndpointSlice endpointslices -
events.k8s.io/v1 Event events - ev
coordination.k8s.io/v1 Lease leases -
storage.k8s.io/v1 StorageClass storageclasses * sc
storage.k8s.io/v1 VolumeAttachment volumeattachments *
storage.k8s.io/v1 CSIDriver csidrivers *
storage.k8s.io/v1 CSINode csinodes *
storage.k8s.io/v1 CSIStorageCapacity csistoragecapacities -
rbac.authorization.k8s.io/v1 Role roles -
rbac.authorization.k8s.io/v1 RoleBinding rolebindings -
rbac.authorization.k8s.io/v1 ClusterRole clusterroles *
rbac.authorization.k8s.io/v1 ClusterRoleBinding clusterrolebindings *
scheduling.k8s.io/v1 PriorityClass priorityclasses * pc
node.k8s.io/v1 RuntimeClass runtimeclasses *
admissionregistration.k8s.io/v1 ValidatingWebhookConfiguration validatingwebhookconfigurations *
admissionregistration.k8s.io/v1 MutatingWebhookConfiguration mutatingwebhookconfigurations *
admissionregistration.k8s.io/v1 ValidatingAdmissionPolicy validatingadmissionpolicies *
admissionregistration.k8s.io/v1 ValidatingAdmissionPolicyBinding validatingadmissionpolicybindings *
apiextensions.k8s.io/v1 CustomResourceDefinition customresourcedefinitions * crd crds
apiregistration.k8s.io/v1 APIService apiservices *
certificates.k8s.io/v1 CertificateSigningRequest certificatesigningrequests * csr
flowcontrol.apiserver.k8s.io/v1 FlowSchema flowschemas *
flowcontrol.apiserver.k8s.io/v1 PriorityLevelConfiguration prioritylevelconfigurations *
`;

const verbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

export const builtinTypes: readonly ResourceType[] = table.trim().split('\n').map(parseRow);

/** A kind that is known to be among them. */
export function builtinType(kind: string): ResourceType {
  const type = builtinTypes.find((candidate) => candidate.kind === kind);
  if (type === undefined) throw new AppError('internal_error', `There is no kind ${kind}.`);
  return type;
}

function parseRow(row: string): ResourceType {
  const [apiVersion = '', kind = '', resource = '', scope = '', ...shortNames] = row.split(' ');
  return { ...splitApiVersion(apiVersion), kind, resource, namespaced: scope !== '*', verbs, shortNames };
}

/** `apps/v1` → group `apps`, version `v1`; the core group is the empty string. */
export function splitApiVersion(apiVersion: string): { group: string; version: string } {
  const slash = apiVersion.indexOf('/');
  return slash < 0
    ? { group: '', version: apiVersion }
    : { group: apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1) };
}

export const apiVersionOf = ({ group, version }: Pick<ResourceType, 'group' | 'version'>): string =>
  group === '' ? version : `${group}/${version}`;
