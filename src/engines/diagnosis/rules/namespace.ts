import type { Rule } from '../rule.ts';
import { namespaceTerminating } from './namespace/namespace-terminating.ts';
import { psaViolation } from './namespace/psa-violation.ts';
import { quotaExceeded } from './namespace/quota-exceeded.ts';
import { resourcePolicyViolation } from './namespace/resource-policy-violation.ts';
import { webhookDeadlock } from './namespace/webhook-deadlock.ts';
import { webhookDenied } from './namespace/webhook-denied.ts';
import { webhookUnavailable } from './namespace/webhook-unavailable.ts';

/** The rules of the folder `namespace`. */
export const namespaceRules: readonly Rule[] = [
  psaViolation,
  quotaExceeded,
  resourcePolicyViolation,
  webhookUnavailable,
  webhookDeadlock,
  webhookDenied,
  namespaceTerminating,
];
