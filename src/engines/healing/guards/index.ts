import { actsOnRoots } from './acts-on-roots.ts';
import { allowedByPolicy } from './allowed-by-policy.ts';
import { audited } from './audited.ts';
import { autoscaled } from './autoscaled.ts';
import { boundPlan } from './bound-plan.ts';
import { boundedSteps } from './bounded-steps.ts';
import { cheapestFirst } from './cheapest-first.ts';
import { closedActions } from './closed-actions.ts';
import { contained } from './contained.ts';
import { coolDown } from './cool-down.ts';
import { evictsOnly } from './evicts-only.ts';
import { evidenceKept } from './evidence-kept.ts';
import { expectedFields } from './expected-fields.ts';
import { findingStillHolds } from './finding-still-holds.ts';
import { gitopsOwner } from './gitops-owner.ts';
import type { Guard } from './guard.ts';
import { healthyRevision } from './healthy-revision.ts';
import { honestAboutReturn } from './honest-about-return.ts';
import { humanControl } from './human-control.ts';
import { irreversibleData } from './irreversible-data.ts';
import { knownFailure } from './known-failure.ts';
import { liveParameters } from './live-parameters.ts';
import { noDestruction } from './no-destruction.ts';
import { noSecrets } from './no-secrets.ts';
import { nodesNeedApproval } from './nodes-need-approval.ts';
import { oneAssistant } from './one-assistant.ts';
import { oneAtATime } from './one-at-a-time.ts';
import { ownLineage } from './own-lineage.ts';
import { ownedPods } from './owned-pods.ts';
import { ownerConsent } from './owner-consent.ts';
import { permitted } from './permitted.ts';
import { preconditions } from './preconditions.ts';
import { protectedObjects } from './protected-objects.ts';
import { respectsBudgets } from './respects-budgets.ts';
import { restartHelps } from './restart-helps.ts';
import { servesOn } from './serves-on.ts';
import { settledTarget } from './settled-target.ts';
import { stormBrake } from './storm-brake.ts';
import { suspendedAutomation } from './suspended-automation.ts';
import { triedBefore } from './tried-before.ts';
import { verified } from './verified.ts';

/** Every guard rule, G1 to G40. */
export const guards: readonly Guard[] = [
  allowedByPolicy,
  closedActions,
  boundPlan,
  actsOnRoots,
  findingStillHolds,
  preconditions,
  permitted,
  triedBefore,
  expectedFields,
  evictsOnly,
  respectsBudgets,
  ownedPods,
  noDestruction,
  protectedObjects,
  ownerConsent,
  gitopsOwner,
  suspendedAutomation,
  autoscaled,
  settledTarget,
  healthyRevision,
  irreversibleData,
  oneAtATime,
  boundedSteps,
  restartHelps,
  coolDown,
  knownFailure,
  contained,
  stormBrake,
  oneAssistant,
  humanControl,
  servesOn,
  verified,
  ownLineage,
  honestAboutReturn,
  audited,
  evidenceKept,
  nodesNeedApproval,
  noSecrets,
  liveParameters,
  cheapestFirst,
];
