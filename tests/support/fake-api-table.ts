import type { KubernetesObject, Pod } from '../../src/engines/objects.ts';
import type { ResourceType } from '../../src/kubernetes/ports.ts';

interface Printed {
  readonly metadata: object;
  /** `None`, `Metadata` or `Object`. */
  readonly include: string;
}

/** What the API server's printer makes of a list; columns of pods as in 1.36, of other kinds just name and age. */
export function tableOf(type: ResourceType, page: readonly KubernetesObject[], { metadata, include }: Printed): object {
  const columns = type.kind === 'Pod' ? podColumns : plainColumns;
  const cells = type.kind === 'Pod' ? podCells : plainCells;
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata,
    columnDefinitions: columns.map(([name, priority]) => ({
      name,
      type: 'string',
      format: '',
      description: '',
      priority,
    })),
    rows: page.map((object) => ({ cells: cells(object), ...includedObject(object, include) })),
  };
}

const plainColumns = [
  ['Name', 0],
  ['Age', 0],
] as const;

const podColumns = [
  ['Name', 0],
  ['Ready', 0],
  ['Status', 0],
  ['Restarts', 0],
  ['Age', 0],
  ['IP', 1],
  ['Node', 1],
  ['Nominated Node', 1],
  ['Readiness Gates', 1],
] as const;

const plainCells = ({ metadata }: KubernetesObject): unknown[] => [metadata.name, '5m'];

/** The gist of `printPod` in kubernetes/pkg/printers/internalversion/printers.go. */
function podCells(object: KubernetesObject): unknown[] {
  const { metadata, spec, status } = object as Pod;
  const containers = status?.containerStatuses ?? [];
  const reasons = containers.map(({ state }) => state?.waiting?.reason ?? state?.terminated?.reason);
  const restarts = containers.reduce((sum, { restartCount }) => sum + (restartCount ?? 0), 0);
  const ready = containers.filter((container) => container.ready === true).length;
  return [
    metadata.name,
    `${ready}/${spec?.containers?.length ?? 0}`,
    metadata.deletionTimestamp === undefined
      ? (reasons.find((reason) => reason !== undefined) ?? status?.reason ?? status?.phase ?? 'Unknown')
      : 'Terminating',
    restarts === 0 ? '0' : `${restarts} (3m ago)`,
    '5m',
    status?.podIP ?? '<none>',
    spec?.nodeName ?? '<none>',
    '<none>',
    '<none>',
  ];
}

function includedObject(object: KubernetesObject, include: string): object {
  if (include === 'None') return {};
  if (include === 'Object') return { object };
  const head = { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata };
  return { object: head };
}
