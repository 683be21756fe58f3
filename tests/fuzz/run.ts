import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { aFuzzBed } from './bed.ts';
import { type Face, faces, fuzz } from './faces.ts';

// npm run fuzz -- [COUNT] [SEED] [FACE]: asks every face its share of so many things, and looks at the memory.
const [, , counted = '100000', seeded = String(Date.now() % 2 ** 31), only] = process.argv;
const [count, seed] = [Number(counted), Number(seeded)];

/** Of the times that something is sent; over stdio that is some messages at once. A command line starts a whole program. */
const shares: Readonly<Record<Face, number>> = {
  rest: 0.3,
  modern: 0.15,
  legacy: 0.12,
  'stdio modern': 0.03,
  'stdio legacy': 0.03,
  heads: 0.2,
  'command line': 0.03,
};

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;
/** Bytes of the heap that are reachable. */
function heap(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

const escaped: unknown[] = [];
process.on('unhandledRejection', (reason) => void escaped.push(reason));
process.on('uncaughtException', (error) => void escaped.push(error));

const bed = await aFuzzBed();
const chosen = faces.filter((face) => only === undefined || face === only);
// All is loaded, and every cache is full, before memory is looked at; then each turn adds as much of every face.
const turns = 10;
const heaps: number[] = [];
let calls = 0;
const wrong: string[] = [];
const started = performance.now();
for (let turn = 0; turn < turns; turn++) {
  for (const face of chosen) {
    const share = Math.ceil((count * shares[face]) / turns);
    await fuzz(bed, { face, count: share, seed: seed + turn, onCall: (messages) => void (calls += messages) }).catch(
      (error: unknown) => {
        wrong.push(`${face}: ${error instanceof Error ? error.message : String(error)}`);
        console.error(wrong.at(-1)?.slice(0, 4000));
      },
    );
    bed.forget();
  }
  heaps.push(heap());
  const seconds = Math.round((performance.now() - started) / 1000);
  console.log(`${calls} calls in ${seconds} s, heap ${Math.round((heaps.at(-1) ?? 0) / 2 ** 20)} MiB`);
}
const [, early = 1] = heaps;
const ratio = (heaps.at(-1) ?? 0) / early;
console.log(
  `seed ${seed}: ${calls} calls, ${wrong.length} wrong, ${escaped.length} unhandled, heap at the end ${ratio.toFixed(2)} of that at 20 %`,
);
await bed.close();
process.exit(wrong.length === 0 && escaped.length === 0 && ratio < 1.25 ? 0 : 1);
