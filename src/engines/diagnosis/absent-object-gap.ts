import { nearest } from '../../platform/nearest.ts';
import type { Crash } from '../crashes/crashes.ts';
import { type Kind, nameOf } from '../objects.ts';
import type { Snapshot } from '../snapshot.ts';
import type { CrashGap } from './crash-gap.ts';

/** What kubectl and client-go say of an object that is not there: `jobs.batch "migrate" not found`. */
const notFound = /\b([a-z]+)(?:\.[a-z0-9.]+)? "([a-z0-9][a-z0-9.-]*)" not found/;
/** Kinds that steps wait for and that triage has read. */
const kinds: Readonly<Record<string, Kind>> = {
  jobs: 'Job',
  deployments: 'Deployment',
  statefulsets: 'StatefulSet',
  daemonsets: 'DaemonSet',
  services: 'Service',
  persistentvolumeclaims: 'PersistentVolumeClaim',
};
/** Of another namespace nothing was read. */
const elsewhere = /(?:^|\s)(?:-n|--namespace)[ =]/;

/** The object that a program asked the API server for, and that is not there. */
export function absentObjectGap(snapshot: Snapshot, { pod, container }: Crash, text: string): CrashGap | undefined {
  const [, resource = '', name = ''] = notFound.exec(text) ?? [];
  const kind = kinds[resource];
  const { namespace } = pod.metadata;
  const words = [...(container.spec.command ?? []), ...(container.spec.args ?? [])].join(' ');
  if (kind === undefined || elsewhere.test(words) || snapshot.presence(kind, namespace, name) !== 'absent') {
    return undefined;
  }
  const object = { kind, namespace, name };
  const near = nearest(name, snapshot.names(kind, namespace), 1)[0];
  const gone = kind === 'Job' ? '; a finished Job is deleted after its ttlSecondsAfterFinished' : '';
  return {
    says: `there is no ${nameOf(object)} in namespace ${namespace}${near === undefined ? gone : `, but there is ${near}`}`,
    evidence: [{ object, source: 'recomputed', text: `${nameOf(object)} was looked for and not found` }],
    fixes: [
      near === undefined
        ? {
            advice: `create ${nameOf(object)} again from its source`,
            reason: `container ${container.name} waits for it`,
          }
        : { advice: `let container ${container.name} ask for ${near}`, reason: `${kind}/${near} exists` },
      ...(kind === 'Job'
        ? [
            {
              advice: `remove ttlSecondsAfterFinished from that Job, or let container ${container.name} look at what the Job leaves behind instead of the Job`,
              reason: 'pods that start later ask for it too',
            },
          ]
        : []),
    ],
  };
}
