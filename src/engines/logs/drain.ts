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
  tokens: string[];
  readonly value: Value;
  readonly path: readonly Step<Value>[];
  readonly leaf: Node<Value>;
}
interface Node<Value> {
  readonly children: Map<string, Node<Value>>;
  readonly entries: Entry<Value>[];
}
interface Step<Value> {
  readonly node: Node<Value>;
  readonly key: string;
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
  /** In the order of their last use. */
  const used = new Set<Entry<Value>>();

  function touch(entry: Entry<Value>): Value {
    used.delete(entry);
    used.add(entry);
    return entry.value;
  }

  function forgetOldest(): void {
    const [oldest] = used;
    if (oldest === undefined) return;
    used.delete(oldest);
    oldest.leaf.entries.splice(oldest.leaf.entries.indexOf(oldest), 1);
    prune(oldest.path);
    forgotten?.(oldest.value);
  }

  return {
    add(message, create) {
      const tokens = tokensOf(message);
      const { leaf, path } = descend(root, tokens);
      const best = mostSimilar(leaf.entries, tokens, similarity);
      if (best !== undefined) {
        best.tokens = best.tokens.map((token, index) => (token === tokens[index] ? token : wildcard));
        return touch(best);
      }
      const entry: Entry<Value> = { tokens, value: create(), path, leaf };
      leaf.entries.push(entry);
      if (used.size >= maximumClusters) forgetOldest();
      return touch(entry);
    },
    clusters: () => [...used].map(({ tokens, value }) => ({ tokens, value })),
  };
}

function tokensOf(message: string): string[] {
  const tokens = message.split(/\s+/).filter((token) => token !== '');
  const short = tokens.map((token) => (token.length > maximumToken ? `${token.slice(0, maximumToken)}…` : token));
  return short.length > maximumTokens ? [...short.slice(0, maximumTokens - 1), '…'] : short;
}

const emptyNode = <Value>(): Node<Value> => ({ children: new Map(), entries: [] });

/** The leaf of these tokens, made on the way; full nodes and tokens with digits go by the wildcard. */
function descend<Value>(root: Node<Value>, tokens: readonly string[]): { leaf: Node<Value>; path: Step<Value>[] } {
  const path: Step<Value>[] = [];
  let node = root;
  const keys = [
    `${tokens.length}`,
    ...tokens.slice(0, prefixLength).map((token) => (/\d/.test(token) ? wildcard : token)),
  ];
  for (const [depth, wanted] of keys.entries()) {
    const full = depth > 0 && !node.children.has(wanted) && node.children.size >= maximumChildren;
    const key = full ? wildcard : wanted;
    path.push({ node, key });
    const child = node.children.get(key) ?? emptyNode<Value>();
    node.children.set(key, child);
    node = child;
  }
  return { leaf: node, path };
}

function mostSimilar<Value>(
  entries: readonly Entry<Value>[],
  tokens: readonly string[],
  threshold: number,
): Entry<Value> | undefined {
  let best: Entry<Value> | undefined;
  let most = Math.ceil(threshold * tokens.length) - 1;
  for (const entry of entries) {
    let equal = 0;
    for (let index = 0; index < tokens.length; index += 1) if (entry.tokens[index] === tokens[index]) equal += 1;
    if (equal > most) [best, most] = [entry, equal];
  }
  return best;
}

/** Takes away nodes that hold nothing any more, from the leaf upwards. */
function prune<Value>(path: readonly Step<Value>[]): void {
  for (const { node, key } of path.toReversed()) {
    const child = node.children.get(key);
    if (child === undefined || child.entries.length > 0 || child.children.size > 0) return;
    node.children.delete(key);
  }
}
