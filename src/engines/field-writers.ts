import type { KubernetesObject } from './objects.ts';

/**
 * The entry of managedFields that owns a field, such as `replicas`, as far as one was read: of each kind only the fields
 * that a rule asks for are kept (`src/kubernetes/slim.ts`).
 */
export const writerOf = ({ metadata }: KubernetesObject, field: string) =>
  metadata.managedFields?.find(({ fieldsV1 }) => JSON.stringify(fieldsV1 ?? {}).includes(`"f:${field}"`));
