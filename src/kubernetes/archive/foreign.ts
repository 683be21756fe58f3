import { basename, resolve } from 'node:path';
import type { SnapshotData } from '../../engines/snapshot-data.ts';
import { clusterInfoDump } from './cluster-info-dump.ts';
import {
  type ArchiveFile,
  type BundleLimits,
  CutOff,
  type EachFile,
  FileProblem,
  tooMuch,
  unreadable,
} from './files.ts';
import { createGathering } from './gathering.ts';
import { interpret, smallText } from './interpret.ts';
import { type Layout, nothing } from './layout.ts';
import { manifests } from './manifests.ts';
import { mustGather } from './must-gather.ts';
import { supportBundle } from './support-bundle.ts';
import { millisecondsOf } from './times.ts';
import { jsonValue } from './values.ts';

/** The first one that knows a path decides; the last one knows every path. */
const layouts: readonly Layout[] = [supportBundle, mustGather, clusterInfoDump, manifests];

export interface ForeignOptions {
  readonly limits: BundleLimits;
  /** When the archive itself was written last, in milliseconds: what is left when nothing in it tells a time. */
  readonly modified: number;
}

/**
 * A snapshot of what another program collected: `walk` gives every file of it. What a file means is told by its path
 * (see the layouts), so that one pass is enough. Throws `validation_error` when there is no object in it.
 */
export async function readForeign(
  path: string,
  walk: (each: EachFile) => Promise<void>,
  { limits, modified }: ForeignOptions,
): Promise<SnapshotData> {
  const gathering = createGathering(path, limits.objects);
  let files = 0;
  let version: string | undefined;
  let collected = 0;
  let written = 0;

  async function look(file: ArchiveFile): Promise<void> {
    files += 1;
    if (files > limits.files) throw tooMuch(path, `more than ${limits.files} files`);
    written = Math.max(written, file.modified ?? 0);
    const meaning = meaningOf(file.path);
    if (meaning.as === 'version') version ??= await versionIn(file);
    else if (meaning.as === 'collector') {
      if (/^openshift\/must-gather$/m.test(await smallText(file))) gathering.isMustGather();
    } else if (meaning.as === 'timestamp') collected = Math.max(collected, timestampIn(await smallText(file)));
    else await interpret(file, meaning, { gathering, limits });
  }

  const cut = await walk(look).catch((error: unknown) => {
    if (error instanceof CutOff) return error;
    throw error;
  });
  // Not the folder: whoever asks a service need not learn where it keeps its files.
  const name = basename(resolve(path));
  if (cut !== undefined) {
    if (gathering.objectCount === 0) throw unreadable(path, cut.message, cut);
    gathering.fail({ kind: name }, 'truncated', `${cut.message}; what would come after is missing`);
  }
  const { objects, logs, reads, newest } = gathering.gathered();
  if (objects.length === 0)
    throw unreadable(path, files === 0 ? 'is empty' : 'holds no Kubernetes object that can be read');
  return {
    takenAt: new Date(collected || newest || written || modified).toISOString(),
    source: name,
    cluster: name.replace(/\.(?:tar\.gz|tgz|tar|zip|json|ya?ml|txt|gz)$/i, '') || name,
    ...(version !== undefined && { version }),
    scope: {},
    objects,
    heads: [],
    podRows: [],
    logs,
    reads,
    cost: { requests: 0, bytes: 0, durationMs: 0 },
  };
}

function meaningOf(path: string) {
  for (const layout of layouts) {
    const meaning = layout.meaningOf(path);
    if (meaning !== undefined) return meaning;
  }
  return nothing;
}

async function versionIn(file: ArchiveFile): Promise<string | undefined> {
  const value = await smallText(file).then(jsonValue).catch(unlessProblem);
  const info = typeof value === 'object' && value !== null && 'info' in value ? value.info : undefined;
  const found = typeof info === 'object' && info !== null && 'gitVersion' in info ? info.gitVersion : undefined;
  return typeof found === 'string' ? found.slice(0, 100) : undefined;
}

/** Without a version everything is still diagnosed. */
function unlessProblem(error: unknown): undefined {
  if (!(error instanceof FileProblem)) throw error;
}

/** The last line that is a time as Go prints it (`time.Now()`): `2026-01-02 03:04:05.6 +0000 UTC m=+0.1`. */
function timestampIn(text: string): number {
  const times = [...text.matchAll(/^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(\.\d{1,9})? ([+-]\d\d)(\d\d)\b/gm)];
  return Math.max(
    0,
    ...times.map(([, day, time, , hours, minutes]) => millisecondsOf(`${day}T${time}${hours}:${minutes}`)),
  );
}
