import type { Rule } from '../rule.ts';
import { apiDeprecatedOrRemoved } from './cluster/api-deprecated-or-removed.ts';
import { apiserviceUnavailable } from './cluster/apiservice-unavailable.ts';
import { certificateExpiring } from './cluster/certificate-expiring.ts';
import { controlPlaneDegraded } from './cluster/control-plane-degraded.ts';
import { diagnosisBlindSpot } from './cluster/diagnosis-blind-spot.ts';
import { dnsCorednsConfig } from './cluster/dns-coredns-config.ts';

/** The rules of the folder `cluster`. */
export const clusterRules: readonly Rule[] = [
  diagnosisBlindSpot,
  apiserviceUnavailable,
  dnsCorednsConfig,
  controlPlaneDegraded,
  certificateExpiring,
  apiDeprecatedOrRemoved,
];
