import { answeringServer } from '../../../answering-server.ts';
import { nameOf } from '../../../objects.ts';
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
    'in-cluster host of its environment and arguments; what is wrong with that explains it.',
  remedies: ['Mend the server that answers so; its clients go on by themselves then.'],
  avoid: ['restarting the client: it gets the same answer'],

  check: (snapshot) =>
    logFindings(snapshot, 'log-server-refuses', (fault) => {
      const state = stateIn(textOf(fault));
      const server = answeringServer(snapshot, fault, textOf(fault));
      const name = server === undefined ? 'the server' : nameOf(server);
      return {
        clause: ` (${name} ${state.says})`,
        fixes: [state.fix(name)],
        ...(server !== undefined && { dependsOn: [server] }),
      };
    }),
});

interface State {
  readonly says: string;
  readonly fix: (server: string) => Fix;
}

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
    /READONLY You|read-only transaction|--(?:super-)?read-only|NotWritablePrimary|NotPrimaryNoSecondaryOk|not master|is not (?:the )?(?:primary|leader)/i,
    {
      says: 'is a read-only replica',
      fix: (server) => ({
        advice: `send writes to the primary instead of ${server}, or find out why it is none`,
        reason: 'a replica takes no writes',
      }),
    },
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
