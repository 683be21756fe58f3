import type { Rule } from '../rule.ts';
import { configChangeCorrelated } from './workload/config-change-correlated.ts';
import { configEnvShadowed } from './workload/config-env-shadowed.ts';
import { configOptionalKeyAbsent } from './workload/config-optional-key-absent.ts';
import { configStaleInPod } from './workload/config-stale-in-pod.ts';
import { crashRegressionAfterRollout } from './workload/crash-regression-after-rollout.ts';
import { cronjobUnhealthy } from './workload/cronjob-unhealthy.ts';
import { deployCreateFailed } from './workload/deploy-create-failed.ts';
import { deployProgressDeadline } from './workload/deploy-progress-deadline.ts';
import { deployScaledToZero } from './workload/deploy-scaled-to-zero.ts';
import { deployStrategyOutage } from './workload/deploy-strategy-outage.ts';
import { deploySurgeDeadlock } from './workload/deploy-surge-deadlock.ts';
import { dsCoverage } from './workload/ds-coverage.ts';
import { gitopsOrHelmStuck } from './workload/gitops-or-helm-stuck.ts';
import { hpaContainerMissing } from './workload/hpa-container-missing.ts';
import { hpaMaxedOut } from './workload/hpa-maxed-out.ts';
import { hpaMetricsUnavailable } from './workload/hpa-metrics-unavailable.ts';
import { hpaMissingRequests } from './workload/hpa-missing-requests.ts';
import { hpaTargetOrConflict } from './workload/hpa-target-or-conflict.ts';
import { imageTagDrift } from './workload/image-tag-drift.ts';
import { jobFailed } from './workload/job-failed.ts';
import { jobNotStarted } from './workload/job-not-started.ts';
import { jobSuspended } from './workload/job-suspended.ts';
import { pdbBlocksAll } from './workload/pdb-blocks-all.ts';
import { podFailedLeftovers } from './workload/pod-failed-leftovers.ts';
import { referenceObjectMissing } from './workload/reference-object-missing.ts';
import { rolloutHeld } from './workload/rollout-held.ts';
import { selectorOverlap } from './workload/selector-overlap.ts';
import { sidecarBlocksJob } from './workload/sidecar-blocks-job.ts';
import { stsOrdinalBlocked } from './workload/sts-ordinal-blocked.ts';
import { stsRollbackTrap } from './workload/sts-rollback-trap.ts';

/** The rules of the folder `workload`. */
export const workloadRules: readonly Rule[] = [
  configEnvShadowed,
  crashRegressionAfterRollout,
  deployCreateFailed,
  deployProgressDeadline,
  deployScaledToZero,
  imageTagDrift,
  jobFailed,
  podFailedLeftovers,
  referenceObjectMissing,
  stsOrdinalBlocked,
  stsRollbackTrap,
  rolloutHeld,
  deploySurgeDeadlock,
  deployStrategyOutage,
  dsCoverage,
  cronjobUnhealthy,
  sidecarBlocksJob,
  jobNotStarted,
  jobSuspended,
  configOptionalKeyAbsent,
  configStaleInPod,
  configChangeCorrelated,
  hpaMissingRequests,
  hpaTargetOrConflict,
  hpaMetricsUnavailable,
  hpaContainerMissing,
  hpaMaxedOut,
  pdbBlocksAll,
  gitopsOrHelmStuck,
  selectorOverlap,
];
