import { type KubernetesObject, keyOf, nameOf, type PodTemplate, refOf } from '../../objects.ts';
import { isReady } from '../../pods.ts';
import { templateOf } from '../../references.ts';
import type { Snapshot } from '../../snapshot.ts';
import type { ActionName } from '../action.ts';
import type { Draft } from '../draft.ts';
import { affectedWorkload, evictionsOf, podOf } from '../subject.ts';
import type { Guard, Situation } from './guard.ts';
import { allow, approve } from './verdicts.ts';

/** Other programs in the place of the present ones: what a migration did to the data does not go with them. */
const changesVersion: ReadonlySet<ActionName> = new Set(['rollback_workload', 'set_image', 'undo_action']);
const migration = /migrat|flyway|liquibase|alembic|schema-?(?:update|upgrade)/i;
/** The rule whose one broken pod may go: its claims stay, and it comes back with the same data. */
const trap = 'sts-rollback-trap';

/** G21: data does not roll back. */
export const irreversibleData: Guard = {
  id: 'G21',
  title: 'asks before it changes what keeps data',

  check(draft, situation) {
    const { action } = draft;
    const { target } = situation;
    const workload = affectedWorkload(situation);
    if (target.kind === 'Node') return undefined;
    if (workload.kind === 'StatefulSet')
      return isTrap(draft, situation)
        ? allow(`${nameOf(refOf(target))} is not Ready, and comes back with its claims.`)
        : approve(`${nameOf(workload)} keeps data, which does not come back with its pods.`);
    if (!changesVersion.has(action.name)) return undefined;
    const marker =
      migrationIn(draft.template ?? templateOf(target)) ??
      migrationIn(templateOf(target)) ??
      ofRelease(situation.snapshot, target);
    return marker === undefined
      ? allow(`Nothing tells that ${nameOf(refOf(target))} migrates data.`)
      : approve(`${marker} changes data with the version of ${nameOf(refOf(target))}, and does not go back with it.`);
  },
};

function isTrap(draft: Draft, situation: Situation): boolean {
  const { finding } = situation;
  if (finding?.rule !== trap || keyOf(finding.object) !== keyOf(affectedWorkload(situation))) return false;
  const [eviction] = evictionsOf(draft);
  const pod = eviction && podOf(situation, eviction.on.object);
  return pod !== undefined && !isReady(pod);
}

function migrationIn(template: PodTemplate | undefined): string | undefined {
  const found = (template?.spec?.initContainers ?? []).find(({ name = '', image = '', command = [], args = [] }) =>
    migration.test([name, image, ...command, ...args].join(' ')),
  );
  return found === undefined ? undefined : `Init container ${found.name ?? ''}`;
}

/** A Job that migrates, or a definition of a custom kind, of the same release. */
function ofRelease(snapshot: Snapshot, target: KubernetesObject): string | undefined {
  const release = releaseOf(target);
  if (release === undefined) return undefined;
  const job = snapshot
    .all('Job', target.metadata.namespace)
    .find((each) => releaseOf(each) === release && isMigration(each.metadata.name, each.spec?.template));
  if (job !== undefined) return nameOf(refOf(job));
  const definition = [...snapshot.data.heads, ...snapshot.data.objects].find(
    (each) => each.kind === 'CustomResourceDefinition' && releaseOf(each) === release,
  );
  return definition === undefined ? undefined : nameOf(refOf(definition));
}

const isMigration = (name: string, template: PodTemplate | undefined): boolean =>
  migration.test(
    [name, ...(template?.spec?.containers ?? []).flatMap(({ command = [], args = [] }) => [...command, ...args])].join(
      ' ',
    ),
  );

const releaseOf = ({ metadata: { annotations, labels } }: KubernetesObject): string | undefined =>
  annotations?.['meta.helm.sh/release-name'] ?? labels?.['app.kubernetes.io/instance'];
