import { isJson } from '../../platform/is-json.ts';
import { FileProblem } from './files.ts';

/** The container that a part of `kubectl cluster-info dump` is the log of. */
export interface LogSection {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

/** What a text file of objects is made of, in its order. */
export type Part = DocumentPart | LogPart;
export type DocumentPart =
  | { readonly is: 'json'; readonly text: string }
  | { readonly is: 'yaml'; readonly text: string };
export type LogPart =
  | { readonly is: 'log-start'; readonly of: LogSection }
  | { readonly is: 'log-line'; readonly text: string }
  | { readonly is: 'log-end' };

/** As `kubectl cluster-info dump` frames logs (k8s.io/kubectl/pkg/cmd/clusterinfo/clusterinfo_dump.go, v1.36). */
const start = /^==== START logs for container (\S{1,253}) of pod (\S{1,253})\/(\S{1,253}) ====$/;
const endOf = ({ container, namespace, pod }: LogSection): string =>
  `==== END logs for container ${container} of pod ${namespace}/${pod} ====`;

/**
 * Splits lines into JSON values, YAML documents and framed logs: one file may hold several of each, one after the
 * other. JSON that spans lines ends where it began, at the first column. Documents longer than `longest` characters
 * make the file unreadable.
 */
export async function* partsOf(lines: AsyncIterable<string>, longest: number): AsyncGenerator<Part> {
  let section: LogSection | undefined;
  let open: { readonly is: 'json' | 'yaml'; readonly closing: string; readonly lines: string[] } | undefined;
  let length = 0;

  function closed(): Part | undefined {
    const document = open;
    [open, length] = [undefined, 0];
    if (document === undefined || document.lines.every((line) => line.trim() === '')) return undefined;
    return { is: document.is, text: document.lines.join('\n') };
  }

  for await (const line of lines) {
    if (section !== undefined) {
      const ends = line === endOf(section);
      if (ends) section = undefined;
      yield ends ? { is: 'log-end' } : { is: 'log-line', text: line };
      continue;
    }
    const [, container, namespace, pod] = start.exec(line) ?? [];
    const framed = container !== undefined && namespace !== undefined && pod !== undefined;
    const separates = open?.is !== 'json' && /^---(\s|$)/.test(line);
    if (framed || separates) {
      const part = closed();
      if (part !== undefined) yield part;
      if (framed) {
        section = { namespace, pod, container };
        yield { is: 'log-start', of: section };
      }
      continue;
    }
    if (open === undefined && line.trim() === '') continue;
    open ??= opened(line);
    open.lines.push(line);
    length += line.length + 1;
    if (length > longest) throw new FileProblem(`holds a document of more than ${longest} characters`);
    if (open.is === 'json' && endsJson(open.closing, line, open.lines.length)) {
      const part = closed();
      if (part !== undefined) yield part;
    }
  }
  const part = closed();
  if (part !== undefined) yield part;
  if (section !== undefined) yield { is: 'log-end' };
}

function opened(line: string): { is: 'json' | 'yaml'; closing: string; lines: string[] } {
  const [first] = line.trimStart();
  if (first === '{') return { is: 'json', closing: '}', lines: [] };
  if (first === '[') return { is: 'json', closing: ']', lines: [] };
  return { is: 'yaml', closing: '', lines: [] };
}

/** A line of its own that closes what the first line opened, or a value that fits on one line: the first may go on. */
function endsJson(closing: string, line: string, lines: number): boolean {
  const trimmed = line.trimEnd();
  if (lines > 1) return trimmed === closing;
  return trimmed.length > 1 && trimmed.endsWith(closing) && isJson(trimmed);
}
