import type { Rule } from '../rule.ts';
import { clusterRules } from './cluster.ts';
import { namespaceRules } from './namespace.ts';
import { nodeRules } from './node.ts';
import { podRules } from './pod.ts';
import { routeRules } from './route.ts';
import { serviceRules } from './service.ts';
import { volumeRules } from './volume.ts';
import { workloadRules } from './workload.ts';

/** Every rule; the order decides nothing but which of two equal findings is named first. */
export const rules: readonly Rule[] = [
  ...clusterRules,
  ...namespaceRules,
  ...nodeRules,
  ...podRules,
  ...routeRules,
  ...serviceRules,
  ...volumeRules,
  ...workloadRules,
];
