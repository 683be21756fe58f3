import { setImmediate } from 'node:timers/promises';
import { FileProblem } from './files.ts';

/** Items of a list that are parsed without a pause. */
const together = 64;

/** The value of a JSON document. Throws {@link FileProblem}. */
export function jsonValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new FileProblem('is no valid JSON', { cause: error });
  }
}

/** What may begin an anchor, an alias, a tag or a directive: hardly ever in what kubectl writes. */
const special = /(?:^|[\s,[{:])[&*!]\S|^%/m;

/** A list of many items as YAML, cut where its items begin. */
interface CutList {
  /** The list without its items. */
  readonly frame: string;
  readonly items: readonly string[];
}

/**
 * The value of a YAML document. The items of a list are parsed one by one, which takes a fraction of the memory. Throws
 * {@link FileProblem}; also for aliases that multiply.
 */
export async function yamlValue(text: string): Promise<unknown> {
  const [{ parse }, { CORE_SCHEMA, load }] = await Promise.all([
    import('../../platform/yaml-library.ts'),
    import('js-yaml'),
  ]);
  // js-yaml is several times as fast and reads plain YAML alike; aliases that multiply it would let through.
  const one = (part: string): unknown =>
    special.test(part)
      ? parse(part, { uniqueKeys: false, logLevel: 'error', prettyErrors: false })
      : load(part, { schema: CORE_SCHEMA, json: true, maxAliases: 0 });
  const list = cutList(text);
  try {
    if (list === undefined) return one(text);
    const frame = one(list.frame);
    const items: unknown[] = [];
    for (const item of list.items) {
      // A list of a large cluster takes seconds; a service has others to answer meanwhile.
      if (items.length % together === together - 1) await setImmediate();
      items.push(one(item));
    }
    return { ...(typeof frame === 'object' ? frame : {}), items };
  } catch (error) {
    throw new FileProblem('is no valid YAML', { cause: error });
  }
}

/**
 * Cuts at the dashes of the items: nothing inside of one starts as far left. Lists that name parts of themselves are
 * not cut.
 */
function cutList(text: string): CutList | undefined {
  const lines = text.split('\n');
  const at = lines.findIndex((line) => /^items:\s*$/.test(line));
  const [, indent] = /^( *)- /.exec(lines[at + 1] ?? '') ?? [];
  if (at < 0 || indent === undefined || /^[^#'"\n]{0,500}[:-] [&*]\w/m.test(text)) return undefined;
  const dash = `${indent}- `;
  const items: string[][] = [];
  let next = at + 1;
  for (; next < lines.length; next += 1) {
    const line = lines[next] ?? '';
    if (line.startsWith(dash)) items.push([`${indent}  ${line.slice(dash.length)}`]);
    else if (line.trim() === '' || line.startsWith(`${indent} `)) items.at(-1)?.push(line);
    else break;
  }
  const frame = [...lines.slice(0, at), ...lines.slice(next)].join('\n');
  return { frame, items: items.map((item) => item.join('\n')) };
}
