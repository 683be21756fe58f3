import type { KubernetesObject, Of } from '../objects.ts';
import { maxUnavailableOf } from '../rolling-update.ts';

type Surging = KubernetesObject & {
  readonly spec?:
    | {
        readonly updateStrategy?:
          | { readonly rollingUpdate?: { readonly maxSurge?: string | number } | undefined }
          | undefined;
      }
    | undefined;
};

/** A DaemonSet may bring the new pod first. */
export function hasSurge(target: Surging): boolean {
  const surge = target.spec?.updateStrategy?.rollingUpdate?.maxSurge;
  return target.kind === 'DaemonSet' && surge !== undefined && !/^0%?$/.test(String(surge));
}

/** Whether a rollout of the workload takes an old pod away without waiting for a new one. */
export const makesRoomFirst = (target: KubernetesObject): boolean =>
  target.kind === 'Deployment' ? maxUnavailableOf(asDeployment(target)) !== 0 : !hasSurge(target);

/** What is handed in is one by its kind: all fields of a Deployment are optional. */
export const asDeployment = (object: KubernetesObject): Of<'Deployment'> => object;
