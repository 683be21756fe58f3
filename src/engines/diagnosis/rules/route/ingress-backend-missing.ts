import { nearest } from '../../../../platform/nearest.ts';
import { namesakes } from '../../../namesakes.ts';
import { nameOf, refOf, type Service } from '../../../objects.ts';
import { pathsOf, type RoutePath } from '../../../routes.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { defineRule, type Finding } from '../../rule.ts';

/** The AWS load balancer controller takes this port name for an action that is described in an annotation. */
const actionPort = 'use-annotation';
const shownPaths = 3;

export const ingressBackendMissing = defineRule({
  id: 'ingress-backend-missing',
  title: 'An Ingress leads to a Service or port that does not exist',
  area: 'route',
  class: 'cause',
  severity: 'critical',
  meaning: 'Requests from outside that match the path are answered with an error, usually 503.',
  detection:
    'A backend of the Ingress, its default backend included, names a Service that is not in its namespace, or a port ' +
    'that the Service does not have. Services and ports with a similar name are named.',
  remedies: ['Correct the backend, or create the Service.'],
  avoid: ['deleting the path: requests then fall to another backend'],

  check: (snapshot) =>
    snapshot.all('Ingress').flatMap((ingress) => {
      const groups = Map.groupBy(pathsOf(ingress), ({ service, port }) => `${service} ${port}`);
      return [...groups.values()].flatMap((paths) => findingOf(snapshot, paths));
    }),
});

function findingOf(snapshot: Snapshot, paths: readonly RoutePath[]): readonly Finding[] {
  const [route] = paths;
  if (route === undefined || route.port === actionPort) return [];
  const { namespace } = route.ingress.metadata;
  const service = snapshot.find('Service', namespace, route.service);
  if (service !== undefined) return missingPort(route, paths, service);
  return snapshot.presence('Service', namespace, route.service) === 'absent'
    ? missingService(snapshot, route, paths)
    : [];
}

function missingService(
  snapshot: Snapshot,
  { ingress, service }: RoutePath,
  paths: readonly RoutePath[],
): readonly Finding[] {
  const subject = refOf(ingress);
  const { namespace } = ingress.metadata;
  const similar = nearest(service, snapshot.names('Service', namespace));
  const [elsewhere] = namesakes(snapshot, service);
  const hint =
    similar.length > 0
      ? ` (${similar.join(', ')} ${similar.length === 1 ? 'does' : 'do'})`
      : elsewhere === undefined
        ? ''
        : `: there is one in namespace ${elsewhere}, and an Ingress leads to Services of its own namespace only`;
  return [
    {
      subject,
      problem: `sends ${shown(paths)} to Service/${service}, which does not exist${hint}`,
      culprit: { kind: 'Service', namespace, name: service },
      certainty: 'declared',
      evidence: [
        { object: subject, source: 'spec', text: `the backend of ${shown(paths)} is Service/${service}` },
        {
          object: subject,
          source: 'recomputed',
          text: `the namespace has ${listed(snapshot.names('Service', namespace))}`,
        },
      ],
      fixes: [
        ...similar.slice(0, 1).map((other) => ({
          advice: `set the backend of ${shown(paths)} in ${nameOf(subject)} to ${other}, if that was meant`,
          reason: 'the Service exists and its name is nearest',
        })),
        ...(elsewhere === undefined || similar.length > 0
          ? []
          : [
              {
                advice: `move ${nameOf(subject)} to namespace ${elsewhere}`,
                reason: `Service/${service} is there`,
              },
            ]),
        { advice: `create Service/${service}`, reason: 'if it was deleted or not deployed yet' },
      ],
    },
  ];
}

function missingPort({ ingress, port }: RoutePath, paths: readonly RoutePath[], service: Service): readonly Finding[] {
  const ports = service.spec?.ports ?? [];
  if (port === undefined || ports.length === 0 || service.spec?.type === 'ExternalName') return [];
  if (ports.some((each) => each.port === port || (each.name !== undefined && each.name === port))) return [];
  const subject = refOf(ingress);
  const has = ports
    .map(({ name, port: number }) => (name === undefined ? String(number) : `${name} (${number})`))
    .join(', ');
  const wanted = typeof port === 'number' ? `port ${port}` : `a port named "${port}"`;
  return [
    {
      subject,
      problem: `sends ${shown(paths)} to ${wanted} of Service/${service.metadata.name}, which has only ${has}`,
      certainty: 'declared',
      evidence: [
        { object: subject, source: 'spec', text: `the backend of ${shown(paths)} asks for ${wanted}` },
        { object: refOf(service), source: 'spec', text: `spec.ports: ${has}` },
      ],
      fixes: [
        {
          advice: `set the backend port of ${shown(paths)} in ${nameOf(subject)} to ${ports[0]?.name ?? ports[0]?.port}`,
          reason: 'that is what the Service offers',
        },
        { advice: `add ${wanted} to Service/${service.metadata.name}`, reason: 'if the containers serve it' },
      ],
    },
  ];
}

function shown(paths: readonly RoutePath[]): string {
  const names = paths.map(({ path }) => (path === '*' ? 'everything else' : path));
  const more = names.length - shownPaths;
  return `${names.slice(0, shownPaths).join(', ')}${more > 0 ? ` and ${more} more paths` : ''}`;
}

const listed = (names: readonly string[]): string =>
  names.length === 0 ? 'no Service' : `the Services ${names.slice(0, 5).join(', ')}`;
