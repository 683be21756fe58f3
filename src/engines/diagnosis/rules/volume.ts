import type { Rule } from '../rule.ts';
import { pvReleasedRetained } from './volume/pv-released-retained.ts';
import { pvcLost } from './volume/pvc-lost.ts';
import { pvcNamedVolumeUnusable } from './volume/pvc-named-volume-unusable.ts';
import { pvcNoDefaultClass } from './volume/pvc-no-default-class.ts';
import { pvcProvisioningFailed } from './volume/pvc-provisioning-failed.ts';
import { pvcResizeStuck } from './volume/pvc-resize-stuck.ts';
import { pvcRwoShared } from './volume/pvc-rwo-shared.ts';
import { pvcSchedulerBypassed } from './volume/pvc-scheduler-bypassed.ts';
import { pvcStorageclassMissing } from './volume/pvc-storageclass-missing.ts';
import { pvcWaitFirstConsumer } from './volume/pvc-wait-first-consumer.ts';
import { volumeAttachOrMountFailed } from './volume/volume-attach-or-mount-failed.ts';
import { volumeFull } from './volume/volume-full.ts';
import { volumeHeldElsewhere } from './volume/volume-held-elsewhere.ts';

/** The rules of the folder `volume`. */
export const volumeRules: readonly Rule[] = [
  pvReleasedRetained,
  pvcLost,
  pvcNamedVolumeUnusable,
  pvcNoDefaultClass,
  pvcProvisioningFailed,
  pvcResizeStuck,
  pvcRwoShared,
  pvcSchedulerBypassed,
  pvcStorageclassMissing,
  pvcWaitFirstConsumer,
  volumeAttachOrMountFailed,
  volumeFull,
  volumeHeldElsewhere,
];
