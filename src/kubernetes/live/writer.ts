import type { PodTemplate } from '../../engines/objects.ts';
import { AppError } from '../../platform/errors.ts';
import type { Logger } from '../../platform/logging.ts';
import type { ActionStore, Writer } from '../ports.ts';
import { slimmed } from '../slim.ts';
import { eventNamespace, eventOf } from './announce.ts';
import { applyOperation } from './apply.ts';
import { builtinType } from './builtin-types.ts';
import { createDiscovery } from './discovery.ts';
import { getObject, placeOf } from './get-object.ts';
import { pathOf } from './paths.ts';
import type { ClusterMetrics, Rest } from './rest.ts';
import { revisionsOf } from './revisions.ts';

export interface LiveWriterOptions {
  readonly rest: Rest;
  /** Of the service itself, which tells what happened whoever asked for it; default `rest`. */
  readonly books?: Rest | undefined;
  readonly metrics: ClusterMetrics;
  readonly actions: ActionStore;
  readonly log: Pick<Logger, 'warn'>;
  readonly now: () => number;
}

/** Codes of a Pod that the API server would not take; every other failure says nothing about the Pod. */
const complaints: ReadonlySet<string> = new Set(['refused', 'validation_error', 'not_found']);

/** What was tried has another name each time, and was never there. */
const triedName = /^pods "kubemend-try-\w+" is /;

/** Changes one API server as one user. Only here are templates with the values of their variables in reach. */
export function createLiveWriter({ rest, books = rest, metrics, actions, log, now }: LiveWriterOptions): Writer {
  const discovery = createDiscovery(rest, metrics);

  return {
    actions,
    async current(ref, signal) {
      const type = await discovery.resolve(ref.kind, { signal });
      return slimmed(await getObject(rest, { type, ...placeOf(type, ref) }, { signal }));
    },
    revisions: (workload, signal) => revisionsOf(rest, workload, { signal }),
    async apply(operation, options, signal) {
      const { object, apiVersion } = operation.on;
      const type = await discovery.find(object.kind, apiVersion, { signal });
      if (type === undefined) {
        throw new AppError('not_found', `This cluster does not serve ${object.kind} of ${apiVersion}.`, {
          hint: 'Plan again from what there is now.',
        });
      }
      placeOf(type, object);
      const left = await applyOperation({ rest, type, operation, options }, { signal });
      return left === undefined ? undefined : slimmed(left);
    },
    async tryPod(template, namespace, signal) {
      const type = builtinType('Pod');
      try {
        await rest.write(
          {
            asking: { verb: 'create', type, namespace },
            path: pathOf(type, { namespace }),
            method: 'POST',
            body: podOf(template),
            dryRun: true,
          },
          { signal },
        );
        return { ok: true };
      } catch (error) {
        if (!(error instanceof AppError) || !complaints.has(error.code)) throw error;
        const { said } = error.details;
        return { ok: false, message: (typeof said === 'string' ? said : error.message).replace(triedName, '') };
      }
    },
    async announce(on, event, signal) {
      const namespace = eventNamespace(on);
      const type = builtinType('Event');
      const body = eventOf({ on, event, at: new Date(now()).toISOString() });
      const asking = { verb: 'create', type, namespace } as const;
      try {
        await books.write({ asking, path: pathOf(type, { namespace }), method: 'POST', body }, { signal });
      } catch (error) {
        // What was done is done, and stands in the record and the audit too.
        log.warn({ err: error, reason: event.reason }, 'could not write an Event');
      }
    },
  };
}

/** A Pod as a controller would make it of the template. */
const podOf = ({ metadata, spec }: PodTemplate): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    generateName: 'kubemend-try-',
    ...(metadata?.labels !== undefined && { labels: metadata.labels }),
    ...(metadata?.annotations !== undefined && { annotations: metadata.annotations }),
  },
  spec,
});
