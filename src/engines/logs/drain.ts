import { ownText } from './own-text.ts';

/** One template of a log: what lines of one shape have alike, with `<*>` where they differ. */
export interface Cluster<Value> {
  readonly tokens: readonly string[];
  /** What the owner of the tree counts. */
  readonly value: Value;
}

export interface DrainOptions<Value> {
  /** Told which cluster was forgotten because there are too many. */
  readonly forgotten?: ((value: Value) => void) | undefined;
  /** Share of tokens that must be equal; default 0.7, the best of the 16 loghub sets on message text. */
  readonly similarity?: number | undefined;
  /** Clusters kept; the one unused for the longest time goes first. */
  readonly maximumClusters?: number | undefined;
}

/** Sorts messages into templates. Memory is bounded by the number of clusters, not by what is added. */
export interface Drain<Value> {
  /** What the cluster of a message carries; `create` makes it for a new one. */
  add(message: string, create: () => Value): Value;
  clusters(): readonly Cluster<Value>[];
}

/** Levels of the tree: root, number of tokens, and two tokens before the leaf. */
const prefixLength = 2;
const maximumChildren = 100;
/** A message of more is data; what comes after it joins the last token. */
const maximumTokens = 60;
const maximumToken = 120;
/** Stands where messages of one template differ. */
export const wildcard = '<*>';

interface Entry<Value> {
  readonly tokens: string[];
  readonly value: Value;
  readonly path: readonly Step<Value>[];
  readonly leaf: Node<Value>;
  used: number;
}
interface Node<Value> {
  readonly children: Map<string, Node<Value>>;
  readonly entries: Entry<Value>[];
}
interface Step<Value> {
  readonly node: Node<Value>;
  readonly key: string;
  readonly child: Node<Value>;
}

/**
 * A Drain tree (He, Zhu, Zheng, Lyu: "Drain: An Online Log Parsing Approach with Fixed Depth Tree", ICWS 2017) of depth
 * 4: by the number of tokens, then by the first two, then the most similar cluster of the leaf.
 */
export function createDrain<Value>({
  forgotten,
  similarity = 0.7,
  maximumClusters = 500,
}: DrainOptions<Value> = {}): Drain<Value> {
  const root = emptyNode<Value>();
  const kept = new Set<Entry<Value>>();
  /** Messages so far: when an entry was last used. Looking for the oldest is rare, and using one is not. */
  let clock = 0;

  function touch(entry: Entry<Value>): Value {
    clock += 1;
    entry.used = clock;
    return entry.value;
  }

  function forgetOldest(): void {
    let oldest: Entry<Value> | undefined;
    for (const entry of kept) if (oldest === undefined || entry.used < oldest.used) oldest = entry;
    if (oldest === undefined) return;
    kept.delete(oldest);
    oldest.leaf.entries.splice(oldest.leaf.entries.indexOf(oldest), 1);
    prune(oldest.path);
    forgotten?.(oldest.value);
  }

  return {
    add(message, create) {
      const tokens = tokensOf(message);
      const path = descend(root, tokens);
      const leaf = path.at(-1)?.child ?? root;
      const best = mostSimilar(leaf.entries, tokens, similarity);
      if (best !== undefined) {
        widen(best.tokens, tokens);
        return touch(best);
      }
      const entry: Entry<Value> = { tokens: tokens.map(ownText), value: create(), path, leaf, used: 0 };
      leaf.entries.push(entry);
      if (kept.size >= maximumClusters) forgetOldest();
      kept.add(entry);
      return touch(entry);
    },
    clusters: () =>
      [...kept].toSorted((a, b) => a.used - b.used).map(({ tokens, value }) => ({ tokens: [...tokens], value })),
  };
}

function tokensOf(message: string): string[] {
  const tokens: string[] = [];
  for (const token of message.trim().split(/\s+/, maximumTokens + 1)) {
    if (tokens.length === maximumTokens) tokens[maximumTokens - 1] = '…';
    else if (token !== '') tokens.push(token.length > maximumToken ? `${token.slice(0, maximumToken)}…` : token);
  }
  return tokens;
}

/** Leaves of the tokens of a template those that a message of it has too. */
function widen(template: string[], tokens: readonly string[]): void {
  for (let index = 0; index < template.length; index += 1) {
    if (template[index] !== tokens[index]) template[index] = wildcard;
  }
}

const emptyNode = <Value>(): Node<Value> => ({ children: new Map(), entries: [] });

/** The way to the leaf of these tokens, made as it is gone; full nodes and tokens with digits go by the wildcard. */
function descend<Value>(root: Node<Value>, tokens: readonly string[]): readonly Step<Value>[] {
  const path: Step<Value>[] = [];
  let node = root;
  for (let depth = 0; depth <= Math.min(prefixLength, tokens.length); depth += 1) {
    const token = depth === 0 ? `${tokens.length}` : (tokens[depth - 1] ?? '');
    const wanted = depth > 0 && /\d/.test(token) ? wildcard : token;
    const full = depth > 0 && node.children.size >= maximumChildren && !node.children.has(wanted);
    const key = full ? wildcard : wanted;
    const known = node.children.get(key);
    const child = known ?? emptyNode<Value>();
    if (known === undefined) node.children.set(ownText(key), child);
    path.push({ node, key, child });
    node = child;
  }
  return path;
}

function mostSimilar<Value>(
  entries: readonly Entry<Value>[],
  tokens: readonly string[],
  threshold: number,
): Entry<Value> | undefined {
  let best: Entry<Value> | undefined;
  let most = Math.ceil(threshold * tokens.length) - 1;
  for (const entry of entries) {
    // As soon as too many tokens differ, the others need no look.
    let spare = tokens.length - most;
    for (let index = 0; index < tokens.length && spare > 0; index += 1) {
      if (entry.tokens[index] !== tokens[index]) spare -= 1;
    }
    if (spare > 0) [best, most] = [entry, most + spare];
    if (most === tokens.length) break;
  }
  return best;
}

/** Takes away nodes that hold nothing any more, from the leaf upwards. */
function prune<Value>(path: readonly Step<Value>[]): void {
  for (const { node, key, child } of path.toReversed()) {
    if (child.entries.length > 0 || child.children.size > 0) return;
    node.children.delete(key);
  }
}
