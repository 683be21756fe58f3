import { type Container, nameOf, type PodTemplate, refOf } from '../objects.ts';
import { templateOf } from '../references.ts';
import type { Impossible, Material } from './material.ts';
import { rollingKinds } from './rolling-kinds.ts';

/** A container of the target's pod template, or of the target when it is a Pod, with its place in it. */
export interface TemplateContainer {
  /** From the root of the target: `spec`, `template`, `spec`, `containers`, 0. */
  readonly path: readonly (string | number)[];
  readonly image: string | undefined;
  readonly resources: Readonly<Record<'requests' | 'limits', Readonly<Record<string, string>>>>;
}

/** Finds a container by name, init containers too. */
export function containerOfTemplate({ target, snapshot }: Material, name: string): TemplateContainer | Impossible {
  const ref = refOf(target);
  const pod = snapshot.find('Pod', ref.namespace, target.kind === 'Pod' ? ref.name : '');
  if (pod === undefined && !rollingKinds.has(target.kind)) {
    return {
      impossible: `A ${target.kind} has no template that could be changed.`,
      instead: 'Name a Deployment, StatefulSet or DaemonSet.',
      rule: 'G2',
    };
  }
  const spec = pod === undefined ? templateOf(target)?.spec : pod.spec;
  const root = pod === undefined ? ['spec', 'template', 'spec'] : ['spec'];
  const lists = [
    ['containers', spec?.containers ?? []],
    ['initContainers', spec?.initContainers ?? []],
  ] as const;
  for (const [list, containers] of lists) {
    const index = containers.findIndex((container) => container.name === name);
    const container = containers[index];
    if (container === undefined) continue;
    return {
      path: [...root, list, index],
      image: container.image,
      resources: { requests: amounts(container.resources?.requests), limits: amounts(container.resources?.limits) },
    };
  }
  const names = lists.flatMap(([, containers]) => containers.flatMap((container) => container.name ?? []));
  return {
    impossible: `${nameOf(ref)} has no container ${name}.`,
    instead: `It has ${names.join(', ')}.`,
    rule: 'G39',
  };
}

const amounts = (map: Readonly<Record<string, string | undefined>> | undefined): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(map ?? {}).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])));

/** The template with one of its containers, by name, as it becomes. */
export function withContainer(
  template: PodTemplate | undefined,
  name: string,
  become: (container: Container) => Container,
): PodTemplate {
  const changed = (list: readonly Container[] | undefined) =>
    list?.map((each) => (each.name === name ? become(each) : each));
  const { containers, initContainers } = template?.spec ?? {};
  return {
    ...template,
    spec: { ...template?.spec, containers: changed(containers), initContainers: changed(initContainers) },
  };
}
