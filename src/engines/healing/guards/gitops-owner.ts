import { type Delivery, deliveriesOf } from '../../deliveries.ts';
import { type KubernetesObject, nameOf, refOf } from '../../objects.ts';
import type { FieldChange } from '../draft.ts';
import { workloadKinds } from '../subject.ts';
import type { Guard } from './guard.ts';
import { approve, refuse } from './verdicts.ts';

/** Field managers of those who deliver from Git or a chart, by the beginning of their names. */
const managers: readonly (readonly [RegExp, string])[] = [
  [/^argocd-/, 'Argo CD'],
  [/^kustomize-controller$/, 'Flux'],
  [/^helm-controller$/, 'Flux'],
  [/^fleetagent|^rancher-fleet/, 'Fleet'],
  [/^pulumi/i, 'Pulumi'],
  [/^terraform/i, 'Terraform'],
  [/^helm$/, 'Helm'],
];
/** Kinds that may be acted on themselves. */
const ownWorkloads: ReadonlySet<string> = new Set([...workloadKinds, 'ReplicaSet', 'CronJob']);
const namedChanges = 3;

/** G16: a change that somebody else delivers is undone by them. */
export const gitopsOwner: Guard = {
  id: 'G16',
  title: 'does not fight whoever delivers the object',

  check({ changes, operations }, { target, tier }) {
    if (target.kind === 'Node' || operations.every(({ verb }) => verb === 'evict')) return undefined;
    const owner = ownerOf(target);
    if (owner === undefined) return undefined;
    const name = nameOf(refOf(target));
    const fields = [...new Set(changes.map(({ field }) => field))].slice(0, namedChanges).join(', ') || 'the change';
    if (owner.by === 'workload')
      return refuse(`${owner.who} owns ${name} and sets it again at once.`, `act on ${owner.who}`);
    if (owner.by === 'Helm')
      return approve(
        `${owner.who} delivers ${name}: its next upgrade will revert ${fields}, unless the chart is changed.`,
      );
    const reason = `${owner.who} owns ${name} and will revert ${fields}`;
    return tier === 'unattended'
      ? refuse(`${reason}.`, `change it where it comes from: ${patchText(changes)}`)
      : approve(`${reason}: change it where it comes from as well.`);
  },
};

interface Owner {
  readonly by: string;
  readonly who: string;
}

/** Whoever writes the object again from elsewhere; those who do so by themselves before Helm, who waits for people. */
function ownerOf(target: KubernetesObject): Owner | undefined {
  const owner = target.metadata.ownerReferences?.find(({ controller }) => controller === true);
  const [first] = owner === undefined ? (target.metadata.ownerReferences ?? []) : [owner];
  if (first?.kind !== undefined && target.kind !== 'Pod')
    return { by: ownWorkloads.has(first.kind) ? 'workload' : 'operator', who: `${first.kind}/${first.name ?? ''}` };
  const deliveries = deliveriesOf(target);
  const delivery = deliveries.find(({ by }) => by !== 'Helm') ?? deliveries[0];
  const writers = (target.metadata.managedFields ?? []).map(({ manager = '' }) => manager);
  const [, by] = managers.find(([pattern]) => writers.some((writer) => pattern.test(writer))) ?? [];
  // Helm may be told by annotations while it is Flux that calls it.
  if (delivery !== undefined && (delivery.by !== 'Helm' || by === undefined || by === 'Helm'))
    return { by: delivery.by, who: deliveryText(delivery) };
  return by === undefined ? undefined : { by, who: by };
}

const deliveryText = ({ by, object }: Delivery): string =>
  by === 'Helm' ? `Helm release ${object.name}` : `${by} (${object.kind} ${object.namespace ?? ''}/${object.name})`;

const patchText = (changes: readonly FieldChange[]): string =>
  changes.length === 0
    ? 'as the plan shows'
    : changes
        .slice(0, namedChanges)
        .map(({ field, before, after }) => `${field} ${before ?? '(none)'} → ${after ?? '(none)'}`)
        .join(', ');
