import type { Rule } from '../rule.ts';
import { dnsCorednsDown } from './service/dns-coredns-down.ts';
import { dnsHostAlias } from './service/dns-host-alias.ts';
import { dnsPodNameMissing } from './service/dns-pod-name-missing.ts';
import { dnsPolicyWrong } from './service/dns-policy-wrong.ts';
import { meshPolicyDenies } from './service/mesh-policy-denies.ts';
import { netpolBlocksDns } from './service/netpol-blocks-dns.ts';
import { netpolBlocksFlow } from './service/netpol-blocks-flow.ts';
import { serviceReferenceMissing } from './service/service-reference-missing.ts';
import { svcAddressPending } from './service/svc-address-pending.ts';
import { svcBackendLoopback } from './service/svc-backend-loopback.ts';
import { svcExternalNameDangling } from './service/svc-external-name-dangling.ts';
import { svcHandWrittenEndpoints } from './service/svc-hand-written-endpoints.ts';
import { svcNoReadyEndpoints } from './service/svc-no-ready-endpoints.ts';
import { svcPortNotOffered } from './service/svc-port-not-offered.ts';
import { svcProtocolMismatch } from './service/svc-protocol-mismatch.ts';
import { svcSelectorMatchesNothing } from './service/svc-selector-matches-nothing.ts';
import { svcSelectorTooBroad } from './service/svc-selector-too-broad.ts';
import { svcTargetPortMismatch } from './service/svc-target-port-mismatch.ts';
import { svcTrafficPolicyLocal } from './service/svc-traffic-policy-local.ts';
import { svcWithoutSelector } from './service/svc-without-selector.ts';

/** The rules of the folder `service`. */
export const serviceRules: readonly Rule[] = [
  dnsCorednsDown,
  dnsHostAlias,
  dnsPodNameMissing,
  dnsPolicyWrong,
  meshPolicyDenies,
  netpolBlocksDns,
  netpolBlocksFlow,
  serviceReferenceMissing,
  svcAddressPending,
  svcBackendLoopback,
  svcExternalNameDangling,
  svcHandWrittenEndpoints,
  svcNoReadyEndpoints,
  svcPortNotOffered,
  svcProtocolMismatch,
  svcSelectorMatchesNothing,
  svcSelectorTooBroad,
  svcTargetPortMismatch,
  svcTrafficPolicyLocal,
  svcWithoutSelector,
];
