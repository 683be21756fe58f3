import type { Rule } from '../rule.ts';
import { gatewayNotProgrammed } from './route/gateway-not-programmed.ts';
import { httprouteNotAccepted } from './route/httproute-not-accepted.ts';
import { ingressBackendMissing } from './route/ingress-backend-missing.ts';
import { ingressClassProblem } from './route/ingress-class-problem.ts';
import { ingressRewriteEmpty } from './route/ingress-rewrite-empty.ts';
import { ingressRouteConflict } from './route/ingress-route-conflict.ts';
import { ingressTlsInvalid } from './route/ingress-tls-invalid.ts';

/** The rules of the folder `route`. */
export const routeRules: readonly Rule[] = [
  gatewayNotProgrammed,
  httprouteNotAccepted,
  ingressBackendMissing,
  ingressClassProblem,
  ingressRewriteEmpty,
  ingressRouteConflict,
  ingressTlsInvalid,
];
