import { createPipeline, type Pipeline, type PipelineOptions } from '../../src/call.ts';
import type { ActionRecord } from '../../src/engines/healing/record.ts';
import type { KubernetesObject, ObjectRef } from '../../src/engines/objects.ts';
import { nextReads } from '../../src/engines/reads.ts';
import type { Clusters } from '../../src/kubernetes/ports.ts';
import type { Failure, Success } from '../../src/outcome.ts';
import { policySchema } from '../../src/platform/healing-policy.ts';
import { silentLogger } from '../../src/platform/logging.ts';
import { noMetrics } from '../../src/platform/metrics.ts';
import { noRateLimit } from '../../src/platform/rate-limit.ts';
import { healingTools } from '../../src/tools/healing-tools.ts';
import { approveAction } from '../../src/tools/mend/approve-action.ts';
import { attend } from '../../src/tools/mend/attend.ts';
import type { Approval, Healing, HealingEvent } from '../../src/tools/mend/healing.ts';
import { now } from './builders.ts';
import { aFakeApiServer, type FakeApiServer, type FakeApiServerOptions } from './fake-api-server.ts';
import { clustersOf } from './live-clusters.ts';
import { signingKey } from './live-writer.ts';

/** Takes the time that pauses ask for without waiting; the cluster and all processes share it. */
export interface BedClock {
  ms: number;
}

/** A fake API server whose controllers finish what is asked of workloads whenever a process pauses. */
export interface Bed {
  readonly server: FakeApiServer;
  readonly clock: BedClock;
  /** What happens in the cluster while a process waits; by default every rollout succeeds. */
  controllers: (server: FakeApiServer) => void;
}

export async function aBed(objects: readonly KubernetesObject[], options: FakeApiServerOptions = {}): Promise<Bed> {
  const clock: BedClock = { ms: Date.parse(now) };
  const server = await aFakeApiServer({
    objects,
    writable: true,
    ...options,
    get clock() {
      return clock.ms;
    },
  });
  return { server, clock, controllers: rolledOut };
}

/** Whatever has a generation that its controller has not seen is rolled out, at once. */
export function rolledOut(server: FakeApiServer): void {
  for (const ref of workloads) {
    const live = server.stored(ref) as (KubernetesObject & { spec: { replicas?: number }; status: object }) | undefined;
    const { generation } = live?.metadata ?? {};
    if (live === undefined || generation === (live.status as { observedGeneration?: number }).observedGeneration)
      continue;
    const { replicas = 1 } = live.spec;
    const counts = { replicas, updatedReplicas: replicas, readyReplicas: replicas, availableReplicas: replicas };
    server.apply({
      ...live,
      status: { ...live.status, ...counts, observedGeneration: generation },
    } as KubernetesObject);
  }
}

const workloads: readonly ObjectRef[] = [
  { kind: 'Deployment', namespace: 'shop', name: 'web' },
  { kind: 'StatefulSet', namespace: 'shop', name: 'db' },
];

interface ProcessOptions
  extends Partial<Pick<PipelineOptions, 'timeoutMs' | 'log' | 'audit' | 'tools' | 'actAs' | 'limiter'>> {
  readonly policy?: object;
  /** Instead of the clusters of the bed. */
  readonly clusters?: Clusters;
  readonly holder?: string;
  readonly pause?: Healing['clock']['pause'];
  readonly claims?: Healing['claims'];
}

export interface Process {
  readonly pipeline: Pipeline;
  readonly clusters: Clusters;
  readonly audit: readonly HealingEvent[];
  call(tool: string, args?: object, approval?: Approval, caller?: string): Promise<Success | Failure>;
  /** Plans, and returns the id of the plan. */
  plan(tool: string, args?: object): Promise<string>;
  /** What becomes of a plan that a person answers. */
  answer(tool: string, args: object, id: string, answer?: Approval['answer']): Promise<Success | Failure>;
  /** Resolves when nothing goes on in the background. */
  idle(): Promise<void>;
  /** As SIGTERM: what goes on in the background ends between two steps. */
  stop(): void;
}

/** No rest between two actions on the same workload. */
const impatient = {
  cooldown: { after_success_minutes: 0, after_failure_minutes: 0 },
  caps: { per_workload_hour: 1000, per_workload_day: 1000, per_namespace_hour: 1000, per_cluster_hour: 1000 },
};

let processes = 0;

/** Clusters over the server of the bed, with its clock. */
export const clustersOfBed = ({ server, clock }: Bed): Promise<Clusters> =>
  clustersOf(server, {
    nextReads,
    cacheTtlMs: 0,
    now: () => clock.ms,
    healing: { signingKeys: async () => [signingKey] },
  });

/** A process of its own: a pipeline with its own clusters, its own holder, and nothing remembered. */
export async function aProcess(bed: Bed, options: ProcessOptions = {}): Promise<Process> {
  const { clock, server } = bed;
  const clusters = options.clusters ?? (await clustersOfBed(bed));
  const audit: HealingEvent[] = [];
  const stop = new AbortController();
  const running = new Set<Promise<void>>();
  const pause: Healing['clock']['pause'] = async (ms, signal) => {
    signal.throwIfAborted();
    clock.ms += ms;
    bed.controllers(server);
    await new Promise((done) => setImmediate(done));
  };
  const holder = options.holder ?? `process-${++processes}`;
  const pipeline = createPipeline({
    tools: options.tools ?? [...healingTools, approveAction, attend],
    actAs: options.actAs,
    settings: { namespace: 'shop', allowSystemNamespaces: false },
    timeoutMs: options.timeoutMs ?? 30_000,
    log: options.log ?? silentLogger,
    audit: options.audit,
    metrics: noMetrics,
    limiter: options.limiter ?? noRateLimit,
    healing: async () => ({
      policy: policySchema.parse({ ...impatient, ...options.policy }),
      holder,
      claims: options.claims,
      clock: { now: () => clock.ms, pause: options.pause ?? pause },
      approveElsewhere: ({ id }) => `kubemend heal approve ${id}`,
      audit: (event) => audit.push(event),
      background(work) {
        const going = work(stop.signal)
          .catch((error: unknown) => {
            if (!stop.signal.aborted) audit.push({ ...lost, text: String(error) });
          })
          .finally(() => running.delete(going));
        running.add(going);
      },
    }),
  });
  const call: Process['call'] = async (tool, args = {}, approval?, caller = 'local') =>
    (await pipeline.call({ tool, arguments: args, clusters, approval, caller: { id: caller } })).result;
  return {
    pipeline,
    clusters,
    audit,
    call,
    async plan(tool, args = {}) {
      const result = await call(tool, args);
      if (!isFailure(result) || result.error_type !== 'approval_required')
        throw new Error(`no plan: ${JSON.stringify(result['error'])}`);
      return String(result.details['action_id']);
    },
    answer: (tool, args, actionId, answer = 'approved') => call(tool, args, { actionId, answer, by: 'ann' }),
    async idle() {
      while (running.size > 0) await Promise.all(running);
    },
    stop: () => stop.abort(),
  };
}

const isFailure = (result: Success | Failure): result is Failure => !result.success;

const lost = { action: 'restart_workload', object: '', outcome: 'failed' } as const;

/** The record of an action, as the store has it. */
export function recordOf({ server }: Bed, id: string, namespace = 'shop'): ActionRecord {
  const lease = server.stored({ kind: 'Lease', namespace, name: `kubemend-${id}` });
  const text = lease?.metadata.annotations?.['kubemend.dev/action-record'];
  if (text === undefined) throw new Error(`There is no record of ${id}.`);
  return JSON.parse(text) as ActionRecord;
}

/** What was written to the objects themselves: not to records and Events, and not only tried. */
export const writesOf = ({ server }: Bed) =>
  server.requests
    .filter(
      ({ method, path, query }) =>
        method !== 'GET' && !/\/(leases|events|selfsubjectaccessreviews)/.test(path) && query.get('dryRun') === null,
    )
    .map(({ method, path }) => `${method} ${path.replace(/^.*\/(?=[^/]+\/[^/]+$)/, '')}`);
