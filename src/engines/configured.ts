import type { Pod } from './objects.ts';
import type { PodContainer } from './pods.ts';
import type { Snapshot } from './snapshot.ts';

/** A setting that a container takes from a ConfigMap: a variable, or a file. */
export interface ConfiguredText {
  /** `key DB_HOST of ConfigMap/app-config`. */
  readonly field: string;
  readonly variable: string | undefined;
  readonly text: string;
}

/**
 * What a container takes from ConfigMaps that were read: variables by `env` and `envFrom`, and the files of its mounts.
 * Secrets are not looked into.
 */
export function configuredTexts(
  snapshot: Snapshot,
  { pod, container }: { readonly pod: Pod; readonly container: PodContainer },
): readonly ConfiguredText[] {
  const { env = [], envFrom = [], volumeMounts = [] } = container.spec;
  const dataOf = (name: string | undefined): Readonly<Record<string, string | undefined>> =>
    (name && snapshot.find('ConfigMap', pod.metadata.namespace, name)?.data) || {};
  const textOf = (map: string | undefined, key: string, variable?: string): readonly ConfiguredText[] => {
    const text = dataOf(map)[key];
    return text === undefined ? [] : [{ field: `key ${key} of ConfigMap/${map}`, variable, text }];
  };
  const mounted = new Set(volumeMounts.map(({ name }) => name));
  return [
    ...env.flatMap(({ name, valueFrom }) => {
      const ref = valueFrom?.configMapKeyRef;
      return ref === undefined ? [] : textOf(ref.name, ref.key ?? '', name);
    }),
    ...envFrom.flatMap(({ prefix = '', configMapRef }) =>
      Object.keys(dataOf(configMapRef?.name)).flatMap((key) => textOf(configMapRef?.name, key, `${prefix}${key}`)),
    ),
    ...(pod.spec?.volumes ?? [])
      .filter(({ name }) => mounted.has(name))
      .flatMap(({ configMap }) =>
        (configMap?.items?.flatMap(({ key }) => key ?? []) ?? Object.keys(dataOf(configMap?.name))).flatMap((key) =>
          textOf(configMap?.name, key),
        ),
      ),
  ];
}

/** The setting from a ConfigMap that names a host; `undefined` when none does, or two do. */
export function fieldNaming(
  snapshot: Snapshot,
  where: { readonly pod: Pod; readonly container: PodContainer },
  host: string,
): string | undefined {
  const word = new RegExp(`(?<![\\w.-])${host.replaceAll('.', '\\.')}(?![\\w-]|\\.\\w)`, 'i');
  const fields = new Set(
    configuredTexts(snapshot, where)
      .filter(({ text }) => word.test(text))
      .map(({ field }) => field),
  );
  const [only] = fields;
  return fields.size === 1 ? only : undefined;
}

/** The one setting whose whole value is a port: a variable of the container, or a key of a ConfigMap. */
export function fieldOfPort(
  snapshot: Snapshot,
  where: { readonly pod: Pod; readonly container: PodContainer },
  port: number,
): string | undefined {
  const is = (text: string | undefined): boolean => text?.trim() === String(port);
  const literal = (where.container.spec.env ?? []).flatMap(({ name, value }) => (is(value) ? [`env[${name}]`] : []));
  const configured = configuredTexts(snapshot, where).flatMap(({ field, text }) => (is(text) ? [field] : []));
  const [only, ...others] = [...literal, ...configured];
  return others.length === 0 ? only : undefined;
}
