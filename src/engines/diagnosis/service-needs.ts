import { failedCalls } from '../network/calls.ts';
import { keyOf, refOf, type Service } from '../objects.ts';
import { routesTo } from '../routes.ts';
import type { Snapshot } from '../snapshot.ts';
import { tellingLine } from './call-evidence.ts';
import type { Evidence } from './rule.ts';

/** Who needs a Service, as far as it shows: routes that lead to it, and containers that failed to reach it. */
export const needsOf = (snapshot: Snapshot, service: Service): readonly Evidence[] => [
  ...routesTo(snapshot, refOf(service)).map(
    ({ ingress, path }): Evidence => ({ object: refOf(ingress), source: 'spec', text: `${path} leads to it` }),
  ),
  ...failedCalls(snapshot)
    .filter(({ dependency }) => dependency.service !== undefined && keyOf(dependency.service) === keyOf(refOf(service)))
    .map(
      ({ pod, words }): Evidence => ({
        object: refOf(pod),
        source: 'log',
        text: (words === undefined ? 'its command asks for it' : tellingLine(words.text)).slice(0, 300),
        at: words?.at,
      }),
    ),
];
