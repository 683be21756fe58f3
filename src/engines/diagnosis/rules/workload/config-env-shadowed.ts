import type { Container, KubernetesObject, PodTemplate } from '../../../objects.ts';
import { refOf } from '../../../objects.ts';
import { controllerOf } from '../../../owners.ts';
import { templateOf } from '../../../references.ts';
import { workloadKinds } from '../../../routes.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { defineRule, type Finding } from '../../rule.ts';

export const configEnvShadowed = defineRule({
  id: 'config-env-shadowed',
  title: 'An environment variable is defined twice',
  area: 'workload',
  class: 'risk',
  severity: 'medium',
  meaning: 'A container defines the same environment variable more than once; the last definition wins in silence.',
  detection:
    'Two entries of env with the same name and different definitions; or two ConfigMaps or Secrets of envFrom with the ' +
    'same key; or, as a low risk because it is often meant, an entry of env over a key of envFrom. Order of precedence: ' +
    'env over envFrom, later over earlier. Values are not compared.',
  remedies: ['Remove the definition that is not meant.'],
  avoid: ['restarting: it changes nothing'],

  check: (snapshot) =>
    workloadKinds
      .flatMap((kind) => snapshot.all(kind))
      .filter((workload) => controllerOf(workload) === undefined)
      .flatMap((workload) => findingsOf(snapshot, workload, templateOf(workload))),
});

function findingsOf(
  snapshot: Snapshot,
  workload: KubernetesObject,
  template: PodTemplate | undefined,
): readonly Finding[] {
  const { initContainers = [], containers = [] } = template?.spec ?? {};
  return [...initContainers, ...containers].flatMap((container) =>
    [...twiceInEnv(container), ...twiceInEnvFrom(snapshot, workload.metadata.namespace, container)].map(
      ({ name, definitions, meant }): Finding => {
        const effective = definitions.at(-1) ?? '';
        return {
          subject: refOf(workload),
          container: container.name,
          problem: `defines ${name} ${definitions.length} times in container ${container.name}: ${effective} wins over ${definitions.slice(0, -1).join(' and ')}`,
          certainty: 'declared',
          evidence: definitions.map((definition) => ({
            object: refOf(workload),
            source: 'spec',
            text: `containers[${container.name}]: ${name} from ${definition}`,
          })),
          fixes: [{ advice: `keep one definition of ${name}`, reason: `only ${effective} takes effect` }],
          severity: meant ? 'low' : undefined,
        };
      },
    ),
  );
}

interface Shadowed {
  readonly name: string;
  /** Where its value comes from, without the value; the last one takes effect. */
  readonly definitions: readonly string[];
  /** Whether one may well have wanted it. */
  readonly meant: boolean;
}

function twiceInEnv({ env = [] }: Container): readonly Shadowed[] {
  const groups = Map.groupBy(
    env.map((entry, index) => ({ entry, index })),
    ({ entry }) => entry.name ?? '',
  );
  return [...groups].flatMap(([name, entries]) => {
    const different = new Set(entries.map(({ entry: { value, valueFrom } }) => JSON.stringify({ value, valueFrom })));
    if (name === '' || different.size < 2) return [];
    const definitions = entries.map(({ entry: { valueFrom }, index }) => `env[${index}]${sourceText(valueFrom)}`);
    return [{ name, definitions, meant: false }];
  });
}

type ValueFrom = NonNullable<Container['env']>[number]['valueFrom'];

function sourceText(source: ValueFrom): string {
  const { configMapKeyRef, secretKeyRef } = source ?? {};
  if (configMapKeyRef !== undefined) return ` (ConfigMap/${configMapKeyRef.name} ${configMapKeyRef.key})`;
  if (secretKeyRef !== undefined) return ` (Secret/${secretKeyRef.name} ${secretKeyRef.key})`;
  return source === undefined ? ' (literal)' : '';
}

function twiceInEnvFrom(
  snapshot: Snapshot,
  namespace: string | undefined,
  { env = [], envFrom = [] }: Container,
): readonly Shadowed[] {
  const keys = envFrom.flatMap(({ prefix = '', configMapRef, secretRef }) => {
    const kind = configMapRef === undefined ? 'Secret' : 'ConfigMap';
    const name = configMapRef?.name ?? secretRef?.name ?? '';
    const object = snapshot.find(kind, namespace, name);
    return Object.keys(object?.data ?? {}).map((key) => ({ name: `${prefix}${key}`, from: `${kind}/${name}` }));
  });
  return [...Map.groupBy(keys, ({ name }) => name)].flatMap(([name, sources]) => {
    const from = [...new Set(sources.map((source) => `envFrom ${source.from}`))];
    const own = env.findLastIndex((entry) => entry.name === name);
    const definitions = [...from, ...(own === -1 ? [] : [`env[${own}]${sourceText(env[own]?.valueFrom)}`])];
    return definitions.length < 2 ? [] : [{ name, definitions, meant: from.length === 1 }];
  });
}
