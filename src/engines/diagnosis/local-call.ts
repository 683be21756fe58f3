import { configuredTexts } from '../configured.ts';
import { connectionFailureIn } from '../logs/failed-hosts.ts';
import { nameOf, type Pod, refOf, type Service } from '../objects.ts';
import { containersOf, type PodContainer } from '../pods.ts';
import { matchesMap } from '../selectors.ts';
import type { Snapshot } from '../snapshot.ts';
import type { AbsentFileClause } from './absent-file.ts';

interface Where {
  readonly pod: Pod;
  readonly container: PodContainer;
}

const itself = /\blocalhost\b|\b127\.0\.0\.1\b|\[?::1\]?:\d/i;
const portOf = /(?:localhost|127\.0\.0\.1|::1\]?)["')]*[: ](\d{2,5})\b|\bport["= :]+(\d{2,5})\b/i;

/**
 * The clause for a connection that a pod refused itself: no container of it has that port, and `localhost` is the pod,
 * not the cluster. The Service with that port is named. `undefined` when a container declares the port: it is down then.
 */
export function localCallIn(snapshot: Snapshot, where: Where, text: string): AbsentFileClause | undefined {
  const { pod } = where;
  if (!itself.test(text) || connectionFailureIn(text) !== 'refused') return undefined;
  const [, beside, named] = portOf.exec(text) ?? [];
  const port = Number(beside ?? named);
  const declared = containersOf(pod).flatMap(({ spec }) =>
    (spec.ports ?? []).map(({ containerPort }) => containerPort),
  );
  if (!Number.isInteger(port) || declared.includes(port)) return undefined;
  const meant = snapshot.all('Service', pod.metadata.namespace).filter((service) => mayServe(service, pod, port));
  const [only] = meant;
  const name = only !== undefined && meant.length === 1 ? only.metadata.name : undefined;
  const field = fieldOf(snapshot, where);
  return {
    says: `localhost is the pod itself, and no container of it has port ${port}${name === undefined ? '' : `; Service/${name} has it`}`,
    evidence: [
      {
        object: refOf(pod),
        source: 'spec',
        text: `its containers declare ${declared.length === 0 ? 'no ports' : `the ports ${declared.join(', ')}`}`,
      },
      ...(only === undefined || name === undefined
        ? []
        : [{ object: refOf(only), source: 'spec' as const, text: `spec.ports has ${port}` }]),
    ],
    fixes: [
      {
        advice: `write ${name ?? 'the name of the Service that is meant'} instead of localhost${field === undefined ? ' in the configuration' : ` in ${field}`}`,
        reason:
          name === undefined
            ? 'another pod is reached by its Service'
            : `${nameOf({ kind: 'Service', name })} serves port ${port}`,
      },
    ],
  };
}

const mayServe = ({ spec }: Service, pod: Pod, port: number): boolean =>
  spec?.type !== 'ExternalName' &&
  (spec?.ports ?? []).some((each) => each.port === port) &&
  !(Object.keys(spec?.selector ?? {}).length > 0 && matchesMap(spec?.selector, pod.metadata.labels));

/** The one setting that says localhost. */
function fieldOf(snapshot: Snapshot, where: Where): string | undefined {
  const literal = (where.container.spec.env ?? []).flatMap(({ name, value = '' }) =>
    itself.test(value) ? [`env[${name}]`] : [],
  );
  const configured = configuredTexts(snapshot, where).flatMap(({ field, text }) => (itself.test(text) ? [field] : []));
  const [only, ...others] = [...new Set([...literal, ...configured])];
  return others.length === 0 ? only : undefined;
}
