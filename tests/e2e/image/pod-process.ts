/** A pod's process as the machine sees it: its control groups, its start, when it first answered. Runs in the cluster's network. */
import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';

const [what, namespace = '', pod = ''] = process.argv.slice(2);
const ticksPerSecond = 100;
const cluster = `kubemend-e2e-${process.env['NAME'] ?? 'kubemend'}`;

/** From the start of the process to the first answer that it is ready, in ms. */
async function start(): Promise<{ readyMs: number }> {
  const address = await waitFor(() => field('{.status.podIP}'));
  const readyAt = await waitFor(async () =>
    (await fetch(`http://${address}:8080/ready`)).ok ? Date.now() : undefined,
  );
  const { memory } = await controlGroups();
  const [pid] = (await readFile(join(memory, 'cgroup.procs'), 'utf8')).split('\n');
  const ticks = Number((await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]?.split(' ')[19]);
  const uptime = Number((await readFile('/proc/uptime', 'utf8')).split(' ')[0]);
  const startedAt = Date.now() - (uptime - ticks / ticksPerSecond) * 1000;
  return { readyMs: Math.round(readyAt - startedAt) };
}

/** Memory as kubelet counts it, without cached files that nobody reads; the most there was; time of processors. */
async function usage(): Promise<{ memoryBytes: number; mostBytes: number; cpuMs: number; throttledMs: number }> {
  const { memory, cpu, cpuacct } = await controlGroups();
  const [used, most, spent, inactive, throttled] = await Promise.all([
    number(join(memory, 'memory.usage_in_bytes')),
    number(join(memory, 'memory.max_usage_in_bytes')),
    number(join(cpuacct, 'cpuacct.usage')),
    entry(join(memory, 'memory.stat'), 'total_inactive_file'),
    entry(join(cpu, 'cpu.stat'), 'throttled_time'),
  ]);
  return { memoryBytes: used - inactive, mostBytes: most, cpuMs: spent / 1e6, throttledMs: throttled / 1e6 };
}

const number = async (file: string): Promise<number> => Number(await readFile(file, 'utf8'));

async function entry(file: string, name: string): Promise<number> {
  const line = (await readFile(file, 'utf8')).split('\n').find((each) => each.startsWith(`${name} `));
  return Number(line?.split(' ')[1]);
}

/** Of cgroup v1. */
async function controlGroups(): Promise<{ memory: string; cpu: string; cpuacct: string }> {
  const container = (await waitFor(() => field('{.status.containerStatuses[0].containerID}'))).replace(/^.*\/\//, '');
  const root = '/sys/fs/cgroup';
  const below = await readdir(join(root, 'memory', cluster), { recursive: true });
  const folder = below.find((each) => each.endsWith(container)) ?? '';
  const of = (controller: string) => join(root, controller, cluster, folder);
  return { memory: of('memory'), cpu: of('cpu'), cpuacct: of('cpuacct') };
}

async function field(path: string): Promise<string | undefined> {
  const { stdout } = await promisify(execFile)('kubectl', [
    'get',
    'pod',
    pod,
    '-n',
    namespace,
    '-o',
    `jsonpath=${path}`,
  ]);
  return stdout || undefined;
}

async function waitFor<T>(probe: () => Promise<T | undefined>): Promise<T> {
  for (const end = Date.now() + 60_000; Date.now() < end; await pause(20)) {
    // What does not exist or listen yet fails.
    const found = await probe().catch(() => undefined);
    if (found !== undefined) return found;
  }
  throw new Error(`waited for ${pod} in vain`);
}

console.log(JSON.stringify(await (what === 'start' ? start() : usage())));
