import type * as client from '@kubernetes/client-node';
import type { CertificateFacts } from './certificates.ts';

/**
 * An API object as it stands in JSON: the generated types with dates as ISO 8601 strings, the generator's renamed
 * keys (`_from`, `_continue`) undone, everything read-only, and every field optional, because a snapshot may hold
 * objects of any age, from any server, half-filled by hand.
 */
export type Raw<T> = T extends Date
  ? string
  : T extends readonly (infer Item)[]
    ? readonly Raw<Item>[]
    : T extends object
      ? { readonly [Key in keyof T as Key extends `_${infer Name}` ? Name : Key]?: Raw<T[Key]> | undefined }
      : T;

/** What every object has; `apiVersion` and `kind` are always filled, also for items of a list. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta & { readonly name: string };
}
export type ObjectMeta = Raw<client.V1ObjectMeta>;

/** Kinds that rules look at, by kind. Others are in a snapshot too, as plain {@link KubernetesObject}s. */
export interface Kinds {
  APIService: client.V1APIService;
  ClusterRole: client.V1ClusterRole;
  ClusterRoleBinding: client.V1ClusterRoleBinding;
  CSIDriver: client.V1CSIDriver;
  CSINode: client.V1CSINode;
  CertificateSigningRequest: client.V1CertificateSigningRequest;
  ConfigMap: client.V1ConfigMap;
  CronJob: client.V1CronJob;
  DaemonSet: client.V1DaemonSet;
  Deployment: client.V1Deployment;
  EndpointSlice: client.V1EndpointSlice;
  HorizontalPodAutoscaler: client.V2HorizontalPodAutoscaler;
  Ingress: client.V1Ingress;
  IngressClass: client.V1IngressClass;
  Job: client.V1Job;
  Lease: client.V1Lease;
  LimitRange: client.V1LimitRange;
  MutatingWebhookConfiguration: client.V1MutatingWebhookConfiguration;
  Namespace: client.V1Namespace;
  NetworkPolicy: client.V1NetworkPolicy;
  Node: client.V1Node;
  NodeMetrics: client.NodeMetric;
  PersistentVolume: client.V1PersistentVolume;
  PersistentVolumeClaim: client.V1PersistentVolumeClaim;
  Pod: client.V1Pod;
  PodDisruptionBudget: client.V1PodDisruptionBudget;
  PodMetrics: client.PodMetric;
  PriorityClass: client.V1PriorityClass;
  ReplicaSet: client.V1ReplicaSet;
  ResourceQuota: client.V1ResourceQuota;
  Role: client.V1Role;
  RoleBinding: client.V1RoleBinding;
  RuntimeClass: client.V1RuntimeClass;
  /** With what was derived before its values were hidden (`certificates.ts`, `line-break-gap.ts`): no fields of the API. */
  Secret: client.V1Secret & { certificateFacts?: CertificateFacts; keysWithLineBreak?: readonly string[] };
  Service: client.V1Service;
  ServiceAccount: client.V1ServiceAccount;
  StatefulSet: client.V1StatefulSet;
  StorageClass: client.V1StorageClass;
  ValidatingWebhookConfiguration: client.V1ValidatingWebhookConfiguration;
  VolumeAttachment: client.V1VolumeAttachment;
}
export type Kind = keyof Kinds;
/** An object of a known kind: raw, with identity. */
export type Of<K extends Kind> = Omit<Raw<Kinds[K]>, keyof KubernetesObject> & KubernetesObject;

export type Pod = Of<'Pod'>;
export type Service = Of<'Service'>;
export type Node = Of<'Node'>;
export type PodSpec = Raw<client.V1PodSpec>;
export type PodTemplate = Raw<client.V1PodTemplateSpec>;
export type Container = Raw<client.V1Container>;
export type ContainerStatus = Raw<client.V1ContainerStatus>;
export type Probe = Raw<client.V1Probe>;
export type Volume = Raw<client.V1Volume>;
export type Taint = Raw<client.V1Taint>;
export type Toleration = Raw<client.V1Toleration>;

/** Names one object. `namespace` is absent for cluster-scoped kinds. */
export interface ObjectRef {
  readonly kind: string;
  readonly namespace?: string | undefined;
  readonly name: string;
}

export function refOf(object: KubernetesObject): ObjectRef {
  const { namespace, name } = object.metadata;
  return namespace === undefined ? { kind: object.kind, name } : { kind: object.kind, namespace, name };
}

/** `Deployment/api`: how people see an object; the namespace is in the context. */
export const nameOf = ({ kind, name }: ObjectRef): string => `${kind}/${name}`;

/** `Deployment/shop/api`: unique in a cluster's snapshot. */
export const keyOf = ({ kind, namespace, name }: ObjectRef): string => `${kind}/${namespace ?? ''}/${name}`;
