import { isUnder } from './file-paths.ts';
import type { ObjectRef, Pod, Volume } from './objects.ts';
import type { PodContainer } from './pods.ts';
import type { Snapshot } from './snapshot.ts';

/** A file that a volume of ConfigMaps and Secrets should hold, and does not. */
export interface AbsentFile {
  readonly path: string;
  /** The file below the mount. */
  readonly file: string;
  readonly volume: string;
  /** Its only source, or the first of several. */
  readonly object: ObjectRef;
  /** Whether the volume picks keys by `items`, so that others of the object do not come. */
  readonly picked: boolean;
  /** What the volume holds. */
  readonly present: readonly string[];
  /** Keys of the object that the volume does not pick. */
  readonly unpicked: readonly string[];
  /** The folder that the volume covers as a whole, with whatever the image has there; `undefined` with a subPath. */
  readonly covered: string | undefined;
}

/**
 * Whether a path is in a volume of ConfigMaps and Secrets that has no such file; `undefined` when it has, when another
 * kind of volume or none is there, and when not all sources were read.
 */
export function absentFileAt(
  snapshot: Snapshot,
  { pod, container }: { readonly pod: Pod; readonly container: PodContainer },
  path: string,
): AbsentFile | undefined {
  const mount = (container.spec.volumeMounts ?? [])
    .filter(({ mountPath = '' }) => isUnder(path, mountPath))
    .toSorted((a, b) => (b.mountPath ?? '').length - (a.mountPath ?? '').length)[0];
  const folder = mount?.mountPath?.replace(/\/+$/, '') ?? '';
  const below = path === folder ? undefined : path.slice(folder.length + 1);
  const file = mount?.subPath === undefined ? below : [mount.subPath, below].filter(Boolean).join('/');
  const volume = pod.spec?.volumes?.find(({ name }) => name === mount?.name);
  if (file === undefined || volume === undefined) return undefined;
  const sources = sourcesOf(pod, volume);
  const keys = sources.map(({ object }) => keysOf(snapshot, object));
  const [first] = sources;
  if (first === undefined || keys.some((some) => some === undefined)) return undefined;
  const present = sources.flatMap(({ items }, index) => items?.map((item) => item.path ?? '') ?? keys[index] ?? []);
  if (present.some((each) => each === file || isUnder(`/${each}`, `/${file}`))) return undefined;
  const taken = new Set(sources.flatMap(({ items }) => items?.flatMap(({ key }) => key ?? []) ?? []));
  const unpicked = sources.flatMap(({ items }, index) =>
    items === undefined ? [] : (keys[index] ?? []).filter((key) => !taken.has(key)),
  );
  return {
    path,
    file,
    volume: volume.name ?? '',
    object: first.object,
    picked: first.items !== undefined,
    present,
    unpicked,
    covered: mount?.subPath === undefined && mount?.subPathExpr === undefined ? folder : undefined,
  };
}

interface Source {
  readonly object: ObjectRef;
  readonly items: readonly { readonly key?: string | undefined; readonly path?: string | undefined }[] | undefined;
}

/** All of a volume's sources; none when one of them is something else. */
function sourcesOf(pod: Pod, { configMap, secret, projected }: Volume): readonly Source[] {
  const { namespace } = pod.metadata;
  const of = (kind: 'ConfigMap' | 'Secret', name: string | undefined, items: Source['items']): readonly Source[] =>
    name === undefined ? [] : [{ object: { kind, namespace, name }, items }];
  const parts = projected?.sources ?? [];
  if (parts.some((part) => part.configMap === undefined && part.secret === undefined)) return [];
  return [
    ...of('ConfigMap', configMap?.name, configMap?.items),
    ...of('Secret', secret?.secretName, secret?.items),
    ...parts.flatMap((part) => [
      ...of('ConfigMap', part.configMap?.name, part.configMap?.items),
      ...of('Secret', part.secret?.name, part.secret?.items),
    ]),
  ];
}

function keysOf(snapshot: Snapshot, { kind, namespace, name }: ObjectRef): readonly string[] | undefined {
  if (kind === 'Secret') {
    const secret = snapshot.find('Secret', namespace, name);
    return secret && Object.keys({ ...secret.data, ...secret.stringData }).toSorted();
  }
  const configMap = snapshot.find('ConfigMap', namespace, name);
  return configMap && Object.keys({ ...configMap.data, ...configMap.binaryData }).toSorted();
}
