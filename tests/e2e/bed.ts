/** The real cluster and the built program, as tests use them. */
import { type ExecFileException, execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { aServiceProcess, type ServiceProcess } from '../support/service-process.ts';

export const script = 'tests/e2e/cluster/cluster.sh';
const megabyte = 2 ** 20;

export interface Ended {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command to its end; a status other than 0 is a result, not an error. */
export function run(
  command: string,
  args: readonly string[],
  { input, env }: { input?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<Ended> {
  return new Promise((resolve) => {
    const child = execFile(
      command,
      args,
      { maxBuffer: 64 * megabyte, env: { ...process.env, ...env } },
      (error, stdout, stderr) => resolve({ status: statusOf(error), stdout, stderr }),
    );
    child.stdin?.on('error', () => {
      // The program may end before it has read everything.
    });
    child.stdin?.end(input);
  });
}

function statusOf(error: ExecFileException | null): number {
  if (error === null) return 0;
  return typeof error.code === 'number' ? error.code : 1;
}

async function mustRun(command: string, args: readonly string[], input?: string): Promise<string> {
  const { status, stdout, stderr } = await run(command, args, input === undefined ? {} : { input });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`);
  return stdout;
}

export const cluster = (...args: string[]): Promise<string> => mustRun(script, args);
export const kubeconfig = async (): Promise<string> => (await cluster('kubeconfig')).trim();
export const kubectl = (...args: string[]): Promise<string> => cluster('exec', '--', 'kubectl', ...args);
export const apply = (namespace: string, yaml: string): Promise<string> =>
  mustRun(script, ['exec', '--', 'kubectl', 'apply', '-n', namespace, '-f', '-'], yaml);

/** The built program, with the cluster's kubeconfig. */
export async function kubemend(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  return run(process.execPath, ['dist/kubemend.js', ...args], {
    env: { KUBECONFIG: await kubeconfig(), NO_COLOR: '1', ...env },
  });
}

const suffix = randomBytes(3).toString('hex');

/** Makes a namespace of this run's own, ready for pods. */
export async function aNamespace(name: string): Promise<string> {
  const namespace = `e2e-${suffix}-${name}`.slice(0, 63);
  await kubectl('create', 'namespace', namespace);
  await eventually(() => kubectl('get', 'serviceaccount', 'default', '-n', namespace));
  return namespace;
}

/** Deletes namespaces without waiting for them. */
export const deleteNamespaces = (namespaces: readonly string[]): Promise<unknown> =>
  namespaces.length === 0 ? Promise.resolve() : kubectl('delete', 'namespace', '--wait=false', ...namespaces);

/** Repeats a probe until it no longer throws; gives up with its last error, which then says how long it waited. */
export async function eventually<T>(probe: () => Promise<T>, { seconds = 60, pause = 1_000 } = {}): Promise<T> {
  const end = Date.now() + seconds * 1_000;
  for (;;) {
    try {
      return await probe();
    } catch (error) {
      if (Date.now() > end) throw new Error(`Waited ${seconds} s: ${(error as Error).message}`, { cause: error });
      await sleep(pause);
    }
  }
}

export type Service = ServiceProcess;

/** The built program as an HTTP service on a free port, with the cluster's kubeconfig; this API server need not be spared. */
export const aService = async (flags: readonly string[] = [], env: NodeJS.ProcessEnv = {}): Promise<Service> =>
  aServiceProcess('dist/kubemend.js', flags, { KUBECONFIG: await kubeconfig(), KUBEMEND_K8S_QPS: '0', ...env });
