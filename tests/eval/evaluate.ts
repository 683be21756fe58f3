/**
 * `make eval`: diagnoses every recording, compares with what its case expects, prints what is wrong, and writes
 * docs/accuracy.md. Ends with 1 below the floor, or on any false alarm.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { diagnose } from '../../src/engines/diagnosis/diagnose.ts';
import type { Explanation } from '../../src/engines/diagnosis/explanation.ts';
import type { SnapshotData } from '../../src/engines/snapshot-data.ts';
import { readArchive } from '../../src/kubernetes/archive/read.ts';
import { diagnosis } from '../../src/tools/report/diagnosis.ts';
import { diagnosisLines } from '../../src/tools/report/diagnosis-lines.ts';
import { digest } from '../../src/tools/report/digest.ts';
import { plainLines } from '../../src/tools/report/lines.ts';
import { allCases, type Case, families } from './cases.ts';

const page = 'docs/accuracy.md';
/** Share of cases whose first cause has to be right. */
const floor = 0.95;
/** Characters of English and Kubernetes names in one token of a language model, about. */
const charactersPerToken = 4;

interface Result {
  readonly name: string;
  readonly family: Case['family'];
  /** The first cause is a root of the case; of a healthy one, that there is none. */
  readonly first: boolean;
  /** Every root is named. */
  readonly whole: boolean;
  /** `rule Kind/name` of what is claimed and is no root. */
  readonly extra: readonly string[];
  readonly said: readonly string[];
  readonly tokens: number;
  readonly ms: number;
}

export const recordingOf = (name: string): string => `tests/eval/recorded/${name}.kubemend.gz`;

async function evaluate(each: Case): Promise<Result> {
  const data = seenWithLess(await readArchive(recordingOf(each.recording)), each);
  const began = performance.now();
  const explanation = diagnose(data);
  const ms = performance.now() - began;
  const said = claimsOf(explanation);
  const roots = each.roots.map(({ rule, object }) => `${rule} ${object}`);
  return {
    name: each.name,
    family: each.family,
    first: roots.length === 0 ? said.length === 0 : roots.includes(said[0] ?? ''),
    whole: roots.every((root) => said.includes(root)),
    extra: said.filter((claim) => !roots.includes(claim)),
    said,
    tokens: Math.round(textOf(explanation).length / charactersPerToken),
    ms,
  };
}

/** Causes first, then risks. */
const claimsOf = ({ causes, risks }: Explanation): readonly string[] =>
  [...causes, ...risks].map(({ rule, object }) => `${rule} ${object.kind}/${object.name}`);

const textOf = (explanation: Explanation): string =>
  plainLines(diagnosisLines(diagnosis.parse(digest(explanation, { limit: 5 }))));

/** Without the objects that expired, and with reads that are denied. */
function seenWithLess(data: SnapshotData, { expired, denied }: Case): SnapshotData {
  const hidden = new Set([...expired, ...denied]);
  const isLog = denied.includes('Log');
  return {
    ...data,
    objects: data.objects.filter(({ kind }) => !hidden.has(kind)),
    heads: data.heads.filter(({ kind }) => !hidden.has(kind)),
    logs: isLog ? [] : data.logs,
    reads: data.reads.map((result) => {
      const refused = result.read.verb === 'log' ? isLog : denied.includes(result.read.kind);
      return refused ? { ...result, outcome: 'denied', message: 'forbidden' } : result;
    }),
  };
}

function table(results: readonly Result[]): string {
  const rows = families.flatMap((family) => {
    const own = results.filter((result) => result.family === family);
    return own.length === 0 ? [] : [row(family, own)];
  });
  return [
    '| family | cases | first cause right | every cause named | claims nothing else | tokens, median (most) |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
    row('**all**', results),
  ].join('\n');
}

function row(name: string, results: readonly Result[]): string {
  const share = (right: (result: Result) => boolean): string =>
    `${results.filter(right).length} (${Math.round((100 * results.filter(right).length) / results.length)} %)`;
  const tokens = results.map((result) => result.tokens).toSorted((a, b) => a - b);
  const cells = [
    name,
    results.length,
    share(({ first }) => first),
    share(({ whole }) => whole),
    share(({ extra }) => extra.length === 0),
    `${tokens[Math.floor(tokens.length / 2)]} (${tokens.at(-1)})`,
  ];
  return `| ${cells.join(' | ')} |`;
}

const isWrong = ({ first, whole, extra }: Result): boolean => !first || !whole || extra.length > 0;

const document = (results: readonly Result[]): string => `# Accuracy

Written by \`make eval\`, which diagnoses recordings of a real cluster (\`tests/eval\`) and compares the answer with what
was broken there on purpose. A case is right when its first cause has the right rule and the right object. The cases and
the rules grew together: the table shows that nothing falls back, not how it goes on clusters that nobody has seen.

${table(results)}

## Where it is wrong

${
  results
    .filter(isWrong)
    .map(({ name, said }) => `- \`${name}\`: says ${said.length === 0 ? 'nothing' : said.join(', ')}`)
    .join('\n') || 'Nowhere, in these cases.'
}
`;

const cases = allCases();
const missing = cases.filter(({ recording }) => !existsSync(recordingOf(recording)));
const results = await Promise.all(
  cases.filter(({ recording }) => existsSync(recordingOf(recording))).map((each) => evaluate(each)),
);
const right = results.filter(({ first }) => first).length / results.length;
const alarms = results.filter(({ family, said }) => family === 'healthy' && said.length > 0);
const text = document(results);
const times = results.map(({ ms }) => ms).toSorted((a, b) => a - b);

console.log(table(results));
for (const { name, said, extra } of results.filter(isWrong)) {
  console.log(
    `wrong: ${name}: says ${said.join(', ') || 'nothing'}${extra.length > 0 ? ` (too much: ${extra.join(', ')})` : ''}`,
  );
}
for (const { name } of missing) console.log(`not recorded: ${name}`);
console.log(
  `first cause right in ${(100 * right).toFixed(1)} %, ${alarms.length} false alarms on healthy ones, ${times[Math.floor(times.length / 2)]?.toFixed(1)} ms each (median)`,
);
if (process.argv.includes('--check')) {
  if (readFileSync(page, 'utf8') !== text) fail(`${page} differs from what was measured; run: make eval`);
} else writeFileSync(page, text);
if (right < floor || alarms.length > 0 || missing.length > 0) fail('below the floor');

function fail(why: string): void {
  console.error(why);
  process.exitCode = 1;
}
