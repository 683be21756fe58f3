import { basename } from 'node:path';
import type { KubernetesObject } from '../../engines/objects.ts';
import type { LogExcerpt, PodRow, ReadCost, ReadResult, SnapshotData } from '../../engines/snapshot-data.ts';
import { asObject } from '../slim.ts';
import { admitted } from './admitted.ts';
import { type Counts, type Header, header, marks, record } from './format.ts';
import { type ArchiveLimits, broken, zippedLines } from './lines.ts';

export interface ReadArchiveOptions {
  readonly limits?: Partial<ArchiveLimits> | undefined;
  readonly signal?: AbortSignal | undefined;
}

const mebibyte = 1024 ** 2;
const defaultLimits: ArchiveLimits = {
  totalBytes: 1024 * mebibyte,
  lineBytes: 32 * mebibyte,
  lines: 1_000_000,
  ratio: 200,
  ratioFromBytes: 64 * mebibyte,
};

/**
 * Reads a snapshot that `writeArchive` wrote. Throws `validation_error` for a file that is foreign, damaged, cut off,
 * too large or of a newer version. Whoever wrote it: what is read is redacted again.
 */
export async function readArchive(path: string, { limits, signal }: ReadArchiveOptions = {}): Promise<SnapshotData> {
  const lines = zippedLines(path, { ...defaultLimits, ...limits }, signal);
  let head: Header | undefined;
  let number = 0;
  const gathered = emptyGathering();
  for await (const line of lines) {
    number += 1;
    if (gathered.end !== undefined) throw broken(path, `goes on after its end, in line ${number}`);
    if (head === undefined) head = headerOf(path, line);
    else if (!gather(gathered, line)) throw broken(path, `is damaged in line ${number}`);
  }
  if (head === undefined) throw broken(path, 'is empty');
  checkWhole(path, gathered);
  const { objects, heads, podRows, logs, reads, faults, cost } = gathered;
  const { takenAt, cluster, serverVersion, scope } = head;
  return {
    takenAt,
    // Not the folder: whoever asks a service need not learn where it keeps its files.
    source: basename(path),
    cluster,
    ...(serverVersion !== undefined && { version: serverVersion }),
    scope,
    objects,
    heads,
    podRows,
    logs,
    reads: [...reads, ...faults],
    cost,
  };
}

interface Gathering {
  readonly objects: KubernetesObject[];
  readonly heads: KubernetesObject[];
  readonly podRows: PodRow[];
  readonly logs: LogExcerpt[];
  readonly reads: ReadResult[];
  /** Of objects that are not what they should be. */
  readonly faults: ReadResult[];
  cost: ReadCost;
  end: Counts | undefined;
}

const emptyGathering = (): Gathering => ({
  objects: [],
  heads: [],
  podRows: [],
  logs: [],
  reads: [],
  faults: [],
  cost: { requests: 0, bytes: 0, durationMs: 0 },
  end: undefined,
});

function headerOf(path: string, line: string): Header {
  const value = parsed(line);
  const format = marks.safeParse(value).data;
  if (format === undefined) {
    const what = line.includes('ustar') ? 'is a tar archive' : 'is a gzip file, but of something else';
    throw broken(path, `${what}: not a snapshot of kubemend`);
  }
  if (format.version > 1) {
    throw broken(
      path,
      `is a snapshot of version ${format.version}, and this kubemend reads version 1: a newer one is needed`,
    );
  }
  const checked = header.safeParse(value);
  if (!checked.success) throw broken(path, 'has a damaged first line');
  return checked.data;
}

/** Whether the line was a record. */
function gather(into: Gathering, line: string): boolean {
  const checked = record.safeParse(parsed(line));
  if (!checked.success) return false;
  const found = checked.data;
  if ('object' in found) return pushObject(into, into.objects, found.object);
  if ('head' in found) return pushObject(into, into.heads, found.head);
  if ('podRow' in found) into.podRows.push(found.podRow);
  else if ('log' in found) into.logs.push(found.log);
  else if ('read' in found) into.reads.push(found.read);
  else if ('cost' in found) into.cost = found.cost;
  else into.end = found.end;
  return true;
}

function pushObject({ faults }: Gathering, into: KubernetesObject[], value: unknown): boolean {
  const object = asObject(value, { apiVersion: '', kind: '' });
  if (object === undefined || object.kind === '') return false;
  const { object: slim, fault } = admitted(object);
  into.push(slim);
  if (fault !== undefined) faults.push(fault);
  return true;
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    // No JSON is no record: the caller says in which line.
    return undefined;
  }
}

function checkWhole(path: string, { end, objects, heads, podRows, logs, reads }: Gathering): void {
  if (end === undefined) throw broken(path, 'is cut off: its last line is missing');
  const same =
    end.objects === objects.length &&
    end.heads === heads.length &&
    end.podRows === podRows.length &&
    end.logs === logs.length &&
    end.reads === reads.length;
  if (!same) throw broken(path, 'lacks records that its last line counts');
}
