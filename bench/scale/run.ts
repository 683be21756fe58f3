/**
 * What a diagnosis costs on a large cluster: `make bench-scale`. Starts a cluster of its own, measures it at growing
 * numbers of healthy pods beside 50 broken ones, draws docs/scale.svg, and takes the cluster down. NODES and PODS say how
 * large it becomes.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { medianOf, type Row, table } from '../measure.ts';
import { faults, startBed, troubledNamespaces } from './bed.ts';
import { type Point, plot } from './plot.ts';
import { rawReads } from './raw.ts';

const runs = 7;
const nodes = Number(process.env['NODES'] ?? 100);
const largest = Number(process.env['PODS'] ?? 10_000);
/** Broken pods pass through states; what is measured is a fault that lasts. */
const settlingMs = 60_000;

interface Diagnosed {
  readonly ms: number;
  readonly peakMib: number;
  readonly bytes: number;
  readonly requests: number;
  readonly answerBytes: number;
  readonly rules: readonly string[];
}

const bed = await startBed(nodes);
try {
  await new Promise((resolve) => setTimeout(resolve, settlingMs));
  const points: Point[] = [];
  for (const pods of [largest / 4, largest / 2, largest]) {
    await bed.grow(pods);
    points.push(await measure(pods));
    console.log(points.at(-1));
  }
  await writeFile('docs/scale.svg', plot(points));
  const last = points.at(-1);
  if (last === undefined) throw new Error('nothing was measured');
  const namespace = await namespaceMeasured();
  const rows: readonly Row[] = [
    row(
      `\`diagnose -A\`, ${last.pods} pods, against the raw reads`,
      `${last.ratio.toFixed(2)}× (${(last.ms / 1000).toFixed(2)} s against ${(last.rawMs / 1000).toFixed(2)} s)`,
      '1.5×',
      '1 s',
    ),
    row('its peak memory', `${last.peakMib.toFixed(0)} MiB`, '200 MiB', '130 MiB'),
    row('one namespace of 50 pods on that cluster', `${(namespace / 1000).toFixed(2)} s`, '0.5 s', ''),
    row('its answer, as an assistant gets it', `${(last.answerBytes / 1024).toFixed(1)} KiB`, '6 KiB', ''),
  ];
  console.log(table(rows));
} finally {
  if (process.env['KEEP'] === undefined) bed.down();
}

function row(what: string, measured: string, limit: string, aim: string): Row {
  return { what, measured, limit, aim };
}

async function measure(pods: number): Promise<Point> {
  const teams = Array.from({ length: Math.ceil(pods / 500) }, (_, index) => `team-${index}`);
  const raw = await rawReads(bed.kubeconfig, [...troubledNamespaces, ...teams, 'default']);
  const pairs: { diagnosed: Diagnosed; raw: Awaited<ReturnType<typeof raw.read>> }[] = [];
  for (let run = 0; run <= runs; run++) {
    const pair = { diagnosed: await diagnose('-A', '--limit', '50', '-o', 'json'), raw: await raw.read() };
    if (run > 0) pairs.push(pair);
  }
  const [first] = pairs;
  const missing = Object.keys(faults).filter((rule) => !first?.diagnosed.rules.includes(rule));
  if (first === undefined || missing.length > 0) throw new Error(`not found: ${missing.join(', ')}`);
  return {
    pods,
    ms: medianOf(pairs.map(({ diagnosed }) => diagnosed.ms)),
    rawMs: medianOf(pairs.map(({ raw: { ms } }) => ms)),
    ratio: medianOf(pairs.map(({ diagnosed, raw: { ms } }) => diagnosed.ms / ms)),
    peakMib: medianOf(pairs.map(({ diagnosed }) => diagnosed.peakMib)),
    bytes: first.diagnosed.bytes,
    rawBytes: first.raw.bytes,
    requests: first.diagnosed.requests,
    answerBytes: (await diagnose('-A', '--limit', '5', '-o', 'json')).answerBytes,
  };
}

async function namespaceMeasured(): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run <= runs; run++)
    times.push((await diagnose('-n', troubledNamespaces[0] ?? '', '-o', 'json')).ms);
  return medianOf(times.slice(1));
}

/** One whole process. */
function diagnose(...args: readonly string[]): Promise<Diagnosed> {
  const began = performance.now();
  const child = spawn(process.execPath, ['dist/kubemend.js', 'diagnose', ...args], {
    env: { ...process.env, KUBECONFIG: bed.kubeconfig, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let peakMib = 0;
  const poll = setInterval(() => {
    peakMib = Math.max(peakMib, peakOf(child.pid));
  }, 10);
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', () => {
      clearInterval(poll);
      const ms = performance.now() - began;
      const text = Buffer.concat(chunks).toString();
      const answer = args.includes('json') ? (JSON.parse(text) as Answer) : undefined;
      resolve({
        ms,
        peakMib,
        bytes: answer?.snapshot.bytes ?? 0,
        requests: answer?.snapshot.requests ?? 0,
        answerBytes: JSON.stringify(answer ?? '').length,
        rules: answer?.causes.map(({ rule }) => rule) ?? [],
      });
    });
  });
}

interface Answer {
  readonly causes: readonly { readonly rule: string }[];
  readonly snapshot: { readonly bytes: number; readonly requests: number };
}

/** MiB: the high-water mark of resident memory (Linux); 0 once it has ended. */
function peakOf(pid: number | undefined): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}
