import type { Document, LineCounter, Node, Pair } from 'yaml';
import { quoted, shortened } from './safe-text.ts';

/** One thing that is wrong with the text itself. */
export interface TextProblem {
  /** Counted from 1. */
  readonly line: number;
  readonly message: string;
  /** Whether what the text means is known all the same. */
  readonly readable: boolean;
}

/** A policy as it was written, with where its parts stand. */
export interface PolicyDocument {
  /** `undefined` for a text that says nothing. */
  readonly value: unknown;
  readonly problems: readonly TextProblem[];
  /** The line of the nearest part of this path that is there; `undefined` for the document itself. */
  lineOf(path: readonly PropertyKey[]): number | undefined;
}

/** Reads YAML 1.2, of which JSON is a part, without anchors and aliases: what multiplies is refused before it is built. */
export async function policyDocument(text: string): Promise<PolicyDocument> {
  const { isMap, isScalar, isSeq, Lexer, LineCounter, parseDocument } = await import('./yaml-library.ts');
  const aliases = aliasProblems(new Lexer().lex(text));
  if (aliases.length > 0) return { value: undefined, problems: aliases, lineOf: () => undefined };
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    stringKeys: true,
    // What is below would let a second document pass unseen.
    logLevel: 'error',
  });
  const problems = [...document.errors, ...document.warnings].map(({ code, message, pos: [start] }) => ({
    line: lines.linePos(start).line,
    message: inWords(code, message, text.slice(start, start + longestShown)),
    readable: code === 'DUPLICATE_KEY',
  }));
  return {
    value: problems.every(({ readable }) => readable) ? (document.toJS() ?? undefined) : undefined,
    problems: firstOfLines(problems),
    lineOf: (path) => lineOf(document, path, { lines, kinds: { isMap, isScalar, isSeq } }),
  };
}

/** One slip makes many complaints. */
const firstOfLines = (problems: readonly TextProblem[]): readonly TextProblem[] => [
  ...new Map(problems.toReversed().map((problem) => [problem.readable ? problem : problem.line, problem])).values(),
];

const longestShown = 60;

/** The library's sentences are for programmers. */
function inWords(code: string, message: string, found: string): string {
  const [key = ''] = /^"[^"\n]*"|^'[^'\n]*'|^[^\s:,}]+/.exec(found) ?? [];
  if (code === 'DUPLICATE_KEY') return `${key.replaceAll(/^["']|["']$/g, '')} stands here a second time`;
  if (code === 'NON_STRING_KEY') return 'the name of a field must be text: put it in quotes';
  if (code === 'MULTIPLE_DOCS') return 'a second document begins here; a policy is one';
  if (code === 'RESOURCE_EXHAUSTION') return 'nests deeper than can be read';
  return shortened(message, 200);
}

/**
 * A pattern that begins with `*` and has no quotes is an alias to YAML, which nobody expects. Found in its words rather
 * than its tree, which takes minutes to build when thousands of aliases name each other.
 */
function aliasProblems(words: Iterable<string>): readonly TextProblem[] {
  const problems: TextProblem[] = [];
  let line = 1;
  let before = '';
  for (const word of words) {
    // What follows this mark is text.
    const alias = before !== scalarMark && (word.startsWith('*') || word.startsWith('&'));
    if (alias) problems.push({ line, message: aliasMessage(word), readable: false });
    line += word.split('\n').length - 1;
    before = word;
  }
  return problems;
}

const scalarMark = '\u001f';

const aliasMessage = (word: string): string =>
  word.startsWith('*')
    ? `${quoted(word)} means an alias, which a policy cannot have; a pattern that begins with * stands in quotes`
    : `${quoted(word)} means an anchor, which a policy cannot have`;

type Kinds = Pick<typeof import('./yaml-library.ts'), 'isMap' | 'isScalar' | 'isSeq'>;

interface Finder {
  readonly lines: LineCounter;
  readonly kinds: Kinds;
}

function lineOf(document: Document, path: readonly PropertyKey[], { lines, kinds }: Finder): number | undefined {
  let node: unknown = document.contents;
  let offset: number | undefined;
  for (const part of path) {
    const found = childOf(node, part, kinds);
    if (found === undefined) break;
    offset = found.offset ?? offset;
    node = found.node;
  }
  return offset === undefined ? undefined : lines.linePos(offset).line;
}

interface Child {
  readonly node: unknown;
  readonly offset: number | undefined;
}

function childOf(node: unknown, part: PropertyKey, { isMap, isScalar, isSeq }: Kinds): Child | undefined {
  if (isMap(node)) {
    const pair: Pair | undefined = node.items.find(({ key }) => isScalar(key) && String(key.value) === part);
    return pair && { node: pair.value, offset: isScalar(pair.key) ? pair.key.range?.[0] : undefined };
  }
  if (!isSeq<Node>(node) || typeof part !== 'number') return undefined;
  const item = node.items[part];
  return item && { node: item, offset: item.range?.[0] };
}
