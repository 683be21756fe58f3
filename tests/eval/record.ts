/**
 * `npm run eval:record [NAME…]`: brings about the cases on the cluster of `make cluster`, a few at a time, and records
 * each once its diagnosis no longer changes. Without names, those that have no recording yet. Scenes (scene.ts) change
 * the cluster itself: they come one after the other, and only on a cluster of their own: `NAME=scenes make cluster`.
 */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { aNamespace, apply, deleteNamespaces, kubemend } from '../e2e/bed.ts';
import { faultOf, provoke } from '../e2e/fault.ts';
import { allCases, type Case } from './cases.ts';
import { bringAbout, takeBack } from './scene.ts';

const folder = 'tests/eval/recorded';
/** More at once starve a machine of two cores. */
const atOnce = 4;
const pauseMs = 6_000;
/** So many equal answers in a row, after so long, say that nothing moves any more. */
const calmAnswers = 4;
const leastMs = 40_000;
/** A fault that has not shown by then stays as it is. */
const mostMs = 240_000;

async function recordCase(each: Case): Promise<string> {
  const namespace = await aNamespace(each.name);
  try {
    for (const fault of each.faults) await provoke(namespace, faultOf(`${fault}.yaml`));
    for (const file of each.extra) await apply(namespace, readFileSync(`tests/eval/extra/${file}.yaml`, 'utf8'));
    return await recordAnswer(each, ['-n', namespace]);
  } finally {
    await deleteNamespaces([namespace]);
  }
}

/** All cases of one scene: the same, asked about differently. */
async function recordScene(scene: string, cases: readonly Case[]): Promise<void> {
  try {
    await bringAbout(scene);
    for (const each of cases) console.log(await recordAnswer(each, each.asks.split(' ')));
  } catch (error) {
    console.log(`${scene}: ${String(error)}`);
  } finally {
    await takeBack(scene);
  }
}

async function recordAnswer(each: Case, asks: readonly string[]): Promise<string> {
  const answer = await calm(asks, each.roots.length > 0);
  const file = `${folder}/${each.name}.kubemend.gz`;
  const { status, stderr } = await kubemend(['snapshot', ...asks, '-f', file, '--force']);
  return status === 0 ? `${each.name}: ${answer}` : `${each.name}: not recorded: ${stderr}`;
}

/** What a diagnosis says once it says the same again and again; of something broken not before it says anything. */
async function calm(asks: readonly string[], broken: boolean): Promise<string> {
  const began = Date.now();
  let last = '';
  for (let same = 0; Date.now() - began < mostMs; ) {
    await sleep(pauseMs);
    const { stdout } = await kubemend(['diagnose', ...asks, '-o', 'json']);
    const { verdict, causes, risks } = JSON.parse(stdout || '{"causes":[],"risks":[]}') as Answer;
    const claims = [...causes, ...risks];
    const answer = `${verdict} ${claims.map(({ rule, object }) => `${rule} ${object.kind}/${object.name}`).join(', ')}`;
    same = answer === last ? same + 1 : 0;
    last = answer;
    const shown = !broken || claims.length > 0;
    if (shown && same >= calmAnswers && Date.now() - began > leastMs) break;
  }
  return last;
}

interface Claim {
  readonly rule: string;
  readonly object: { readonly kind: string; readonly name: string };
}
interface Answer {
  readonly verdict: string;
  readonly causes: readonly Claim[];
  readonly risks: readonly Claim[];
}

const names = process.argv.slice(2);
const wanted = allCases().filter(
  ({ name, recording }) =>
    recording === name && (names.length > 0 ? names.includes(name) : !existsSync(`${folder}/${name}.kubemend.gz`)),
);
mkdirSync(folder, { recursive: true });
const queue = wanted.filter(({ scene }) => scene === undefined);
await Promise.all(
  Array.from({ length: atOnce }, async () => {
    for (let each = queue.shift(); each !== undefined; each = queue.shift()) {
      console.log(await recordCase(each).catch((error: unknown) => `${each?.name}: ${String(error)}`));
    }
  }),
);
for (const [scene, cases] of Map.groupBy(wanted, (each) => each.scene)) {
  if (scene !== undefined) await recordScene(scene, cases);
}
