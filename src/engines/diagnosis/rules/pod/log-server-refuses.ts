import { answeringServer } from '../../../answering-server.ts';
import { nameOf, type ObjectRef, refOf, type Service } from '../../../objects.ts';
import { workloadOf } from '../../../owners.ts';
import { isReady } from '../../../pods.ts';
import { selectedPods } from '../../../routes.ts';
import { selectorText } from '../../../selectors.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { logFindings, textOf } from '../../log-finding.ts';
import { defineRule, type Fix } from '../../rule.ts';

export const logServerRefuses = defineRule({
  id: 'log-server-refuses',
  title: 'A server that is reached does not take what it is asked',
  area: 'pod',
  class: 'cause',
  severity: 'high',
  meaning:
    'The data store answers, and says of itself that it is full, read-only, or has too few members left. The workload that logs it is the victim.',
  detection:
    'The log line that tells most about a crash, or about a readiness check that answers with an error, or that a ' +
    'ready container repeats up to now, quotes such an answer: Redis "OOM command not allowed", MISCONF, READONLY, ' +
    'CLUSTERDOWN; Kafka NotEnoughReplicas; Elasticsearch cluster_block_exception; MongoDB NotWritablePrimary; etcd ' +
    '"database space exceeded"; "read-only transaction"; a sequence at its maximum. The server is the one that the line names, else the only ' +
    'in-cluster host of its environment and arguments; what is wrong with that explains it. Of a Service that selects ' +
    'several ready pods it is told that writes reach all of them.',
  remedies: ['Mend the server that answers so; its clients go on by themselves then.'],
  avoid: ['restarting the client: it gets the same answer'],

  check: (snapshot) =>
    logFindings(snapshot, 'log-server-refuses', (fault) => {
      const state = stateIn(textOf(fault));
      const server = answeringServer(snapshot, fault, textOf(fault));
      const name = server === undefined ? 'the server' : nameOf(server);
      const mixed = server !== undefined && state === readOnly ? membersBehind(snapshot, server) : undefined;
      return {
        clause: ` (${name} ${mixed?.says ?? state.says})`,
        fixes: [mixed?.fix ?? state.fix(name)],
        ...(server !== undefined && { dependsOn: [server] }),
      };
    }),
});

interface State {
  readonly says: string;
  readonly fix: (server: string) => Fix;
}

const readOnly: State = {
  says: 'is a read-only replica',
  fix: (server) => ({
    advice: `send writes to the primary instead of ${server}, or find out why it is none`,
    reason: 'a replica takes no writes',
  }),
};

const states: readonly (readonly [RegExp, State])[] = [
  [
    /value of sequence|auto-increment value/i,
    {
      says: 'has used up the numbers of a sequence',
      fix: (server) => ({
        advice: `make that column and its sequence in ${server} a bigint, or let the sequence go on where numbers are free`,
        reason: 'every insert takes the next number, and there is none',
      }),
    },
  ],
  [
    /OOM command not allowed/i,
    {
      says: 'has reached its maxmemory and evicts nothing',
      fix: (server) => ({
        advice: `raise maxmemory of ${server} (and its memory limit), or give it a maxmemory-policy that evicts`,
        reason: 'it refuses every write until it has room',
      }),
    },
  ],
  [
    /MISCONF Redis/i,
    {
      says: 'cannot write its snapshot to disk, and therefore refuses writes',
      fix: (server) => ({
        advice: `let ${server} write its data directory: room on its volume, its owner, no readOnly mount`,
        reason: 'its own log says which file it could not write',
      }),
    },
  ],
  [
    /flood[- ]stage|cluster_block_exception|ClusterBlockException|database space exceeded|(?:memory|disk|resource) alarm/i,
    {
      says: 'blocks writes because it has no room left',
      fix: (server) => ({
        advice: `make room for ${server} (its disk or memory), then lift the block if it does not do so itself`,
        reason: 'it protects what it holds',
      }),
    },
  ],
  [
    /READONLY You|ReadOnlyError|against a read only|read-only transaction|--(?:super-)?read-only|NotWritablePrimary|NotPrimaryNoSecondaryOk|not master|is not (?:the )?(?:primary|leader)/i,
    readOnly,
  ],
];

const tooFew: State = {
  says: 'has too few members that take part',
  fix: (server) => ({
    advice: `bring back the members of ${server} that are missing`,
    reason: 'without them it has no leader or too few replicas',
  }),
};

const stateIn = (text: string): State => states.find(([pattern]) => pattern.test(text))?.[1] ?? tooFew;

/** Services of charts and operators that lead to the member that takes writes. */
const ofPrimary = /(?:^|-)(?:master|primary|leader|rw|write|writer)(?:-|$)/;

/** What a Service does that spreads writes over members of which only one takes them. */
function membersBehind(
  snapshot: Snapshot,
  server: ObjectRef,
): { readonly says: string; readonly fix: Fix } | undefined {
  const service: Service | undefined = snapshot.find('Service', server.namespace, server.name);
  const pods = service === undefined ? [] : selectedPods(snapshot, service).filter(isReady);
  if (service === undefined || pods.length < 2) return undefined;
  const owners = [...new Set(pods.map((pod) => nameOf(workloadOf(snapshot, pod))))];
  const others = snapshot.all('Service', server.namespace).filter(({ metadata }) => ofPrimary.test(metadata.name));
  const primary = others.find((each) => {
    const chosen = selectedPods(snapshot, each);
    return (
      each !== service && chosen.length > 0 && chosen.length < pods.length && chosen.every((pod) => pods.includes(pod))
    );
  });
  const selector = selectorText({ matchLabels: service.spec?.selector });
  return {
    says: `selects ${selector}, which ${pods.length} pods of ${owners.join(' and ')} have, and those that are replicas take no writes`,
    fix:
      primary === undefined
        ? {
            advice: `send writes to a Service that selects the primary alone, not to ${nameOf(server)}`,
            reason: 'a Service sends each connection to any of its pods',
          }
        : {
            advice: `send writes to ${nameOf(refOf(primary))} instead of ${nameOf(server)}`,
            reason: 'it selects a part of these pods, by its name the primary',
          },
  };
}
