import { dependencyIn } from './dependencies.ts';
import { serviceState } from './dependency-words.ts';
import { pathIn } from './file-paths.ts';
import { signatureOf } from './logs/signatures.ts';
import { nameOf, type ObjectRef, type Pod } from './objects.ts';
import type { PodContainer } from './pods.ts';
import type { Snapshot } from './snapshot.ts';

/** What a word in a log means in the cluster. */
export interface LogLink {
  /** As it stands in the log: a host, a variable, a path, a user. */
  readonly word: string;
  readonly object: ObjectRef | undefined;
  /** `env[DATABASE_URL] takes it from Secret/db key url`, without a full stop. */
  readonly says: string;
}

interface Where {
  readonly pod: Pod;
  readonly container: PodContainer;
}

/** Everything that a text of a container's log names and that can be told: hosts, variables, paths, users. */
export function linksOf(snapshot: Snapshot, where: Where, text: string): readonly LogLink[] {
  const links = [
    ...hostLinks(snapshot, where, text),
    ...variablesIn(text).flatMap((name) => variableLink(where, name, signatureOf(text) === 'missing-variable') ?? []),
    ...pathLinks(where, text),
    ...userLinks(where, text),
    ...(signatureOf(text) === 'bad-credentials' ? credentialLinks(where) : []),
  ];
  return [...new Map(links.map((link) => [`${link.word} ${link.says}`, link])).values()];
}

function hostLinks(snapshot: Snapshot, where: Where, text: string): readonly LogLink[] {
  const dependency = dependencyIn(snapshot, where, text);
  if (dependency === undefined) return [];
  const { name, service, field } = dependency;
  const told = field === undefined ? '' : `, named in ${field}`;
  if (service === undefined)
    return [{ word: name, object: undefined, says: `is no Service of the cluster that was found${told}` }];
  return [{ word: name, object: service, says: `${serviceState(dependency)}${told}` }];
}

/** Names of environment variables: capitals with an underscore, which no other word has. */
export const variablesIn = (text: string): readonly string[] => [
  ...new Set([...text.matchAll(/(?<![\w$])[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b/g)].map(([name]) => name)),
];

const absenceOf = ({ name: container, spec: { envFrom = [] } }: PodContainer, name: string): string => {
  const sources = envFrom.flatMap(({ configMapRef, secretRef }) => [
    ...(configMapRef?.name === undefined ? [] : [`ConfigMap/${configMapRef.name}`]),
    ...(secretRef?.name === undefined ? [] : [`Secret/${secretRef.name}`]),
  ]);
  const unless = sources.length === 0 ? '' : `, unless envFrom brings it from ${sources.join(' or ')}`;
  return `env of container ${container} has no ${name}${unless}`;
};

/**
 * Where a container takes a variable from; `undefined` for a word that nothing says is one.
 * @param missing whether the text says that it is not there.
 */
export function variableLink({ pod, container }: Where, name: string, missing = false): LogLink | undefined {
  const { namespace } = pod.metadata;
  const entry = (container.spec.env ?? []).findLast((each) => each.name === name);
  if (entry === undefined)
    return missing ? { word: name, object: undefined, says: absenceOf(container, name) } : undefined;
  const { configMapKeyRef, secretKeyRef } = entry.valueFrom ?? {};
  const ref = configMapKeyRef ?? secretKeyRef;
  if (ref?.name === undefined) {
    const literal = entry.value ? 'is set in the pod template' : 'is empty in the pod template';
    const says = entry.valueFrom === undefined ? literal : 'comes from the pod itself';
    return { word: name, object: undefined, says: `env[${name}] ${says}` };
  }
  const object = { kind: configMapKeyRef === undefined ? 'Secret' : 'ConfigMap', namespace, name: ref.name };
  return { word: name, object, says: `env[${name}] takes it from ${nameOf(object)} key ${ref.key ?? '?'}` };
}

/** The volume that holds a path of the text, and the object behind it. */
function pathLinks({ pod, container }: Where, text: string): readonly LogLink[] {
  const path = pathIn(text);
  const mount = path === undefined ? undefined : mountOf(container, path);
  const volume = pod.spec?.volumes?.find(({ name }) => name === mount?.name);
  if (path === undefined || mount === undefined || volume === undefined) return [];
  const { namespace } = pod.metadata;
  const source = [
    { kind: 'ConfigMap', name: volume.configMap?.name },
    { kind: 'Secret', name: volume.secret?.secretName },
    { kind: 'PersistentVolumeClaim', name: volume.persistentVolumeClaim?.claimName },
  ].flatMap(({ kind, name }) => (name === undefined ? [] : [{ kind, namespace, name }]))[0];
  const what =
    source === undefined ? (volume.emptyDir === undefined ? '' : ', an emptyDir') : `, from ${nameOf(source)}`;
  return [{ word: path, object: source, says: `is in volume ${mount.name}${what}` }];
}

/** The mount nearest to a path. */
export const mountOf = ({ spec }: PodContainer, path: string) =>
  (spec.volumeMounts ?? [])
    .filter(({ mountPath = '' }) => isUnder(path, mountPath))
    .toSorted((a, b) => (b.mountPath ?? '').length - (a.mountPath ?? '').length)[0];

/** Whether a path is the folder that a volume is mounted at, not a file in it. */
export const isFolder = (
  path: string,
  { mountPath = '', subPath }: { readonly mountPath?: string | undefined; readonly subPath?: string | undefined },
): boolean => subPath === undefined && path.replace(/\/+$/, '') === mountPath.replace(/\/+$/, '');

function isUnder(path: string, mountPath: string): boolean {
  const folder = mountPath.replace(/\/+$/, '');
  return folder !== '' && (path === folder || path.startsWith(`${folder}/`));
}

/** `for user "app"`: the variable that says so. */
export function userLinks({ container }: Pick<Where, 'container'>, text: string): readonly LogLink[] {
  const user = /\b(?:for user|user|role|login)[ :=]+["']?([\w.-]{2,64})["']?/i.exec(text)?.[1];
  if (user === undefined) return [];
  return (container.spec.env ?? [])
    .filter(({ value }) => value === user)
    .map(({ name }) => ({ word: user, object: undefined, says: `env[${name}] is ${user}` }));
}

/** Variables of a container that hold credentials, by the Secret that they come from. */
export function credentialLinks({ pod, container }: Where): readonly LogLink[] {
  const { namespace } = pod.metadata;
  const fromKeys = (container.spec.env ?? []).flatMap(({ name: variable = '', valueFrom }) => {
    const { name, key = '?' } = valueFrom?.secretKeyRef ?? {};
    if (name === undefined) return [];
    const object = { kind: 'Secret', namespace, name };
    return [{ word: variable, object, says: `env[${variable}] takes it from ${nameOf(object)} key ${key}` }];
  });
  const fromAll = (container.spec.envFrom ?? []).flatMap(({ secretRef }) => {
    if (secretRef?.name === undefined) return [];
    const object = { kind: 'Secret', namespace, name: secretRef.name };
    return [{ word: 'envFrom', object, says: `envFrom brings all of ${nameOf(object)}` }];
  });
  return [...fromKeys, ...fromAll];
}
