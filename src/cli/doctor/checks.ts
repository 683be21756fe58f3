import type { ClusterInfo, Clusters, Reader } from '../../kubernetes/ports.ts';
import { AppError } from '../../platform/errors.ts';
import { permissionChecks } from './permissions.ts';

/** `failed` breaks a diagnosis or makes it blind; `limited` is worth knowing. */
export const states = ['ok', 'limited', 'failed'] as const;

export interface Check {
  readonly name: string;
  readonly state: (typeof states)[number];
  readonly message: string;
  /** What the gap costs, or what to do about it. */
  readonly cost?: string | undefined;
}

export interface Examined {
  readonly clusters: Clusters;
  /** The context that was asked for; the default one when absent. */
  readonly cluster: string | undefined;
  /** Where permissions are asked for when they do not hold everywhere. */
  readonly namespace: string;
  readonly permissions: readonly string[];
  readonly signal: AbortSignal;
}

/** Everything that a diagnosis stands on, from the kubeconfig up; what rests on something that failed is not tried. */
export async function examine(examined: Examined): Promise<readonly Check[]> {
  const { clusters, cluster, signal } = examined;
  const known = await attempt(() => clusters.list(signal));
  if (known instanceof AppError) return [failedCheck('kubeconfig', known)];
  const target = known.find((info) => (cluster === undefined ? info.default : info.name === cluster));
  const others = known.filter((info) => info !== target && !info.reachable);
  const configured = [kubeconfigCheck(known, target), ...(target === undefined ? [] : [reachCheck(target)])];
  const rest = target?.reachable ? await insideChecks(target, examined) : [];
  return [...configured, ...rest, ...others.map(otherCheck)];
}

/** What `work` gives, or the error that people can be told. */
async function attempt<T>(work: () => Promise<T>): Promise<T | AppError> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}

const failedCheck = (name: string, { message, hint }: AppError): Check => ({
  name,
  state: 'failed',
  message,
  cost: hint,
});

function kubeconfigCheck(known: readonly ClusterInfo[], target: ClusterInfo | undefined): Check {
  const names = known.map(({ name }) => name).join(', ');
  if (target !== undefined) {
    const count = known.length === 1 ? '1 context' : `${known.length} contexts`;
    return { name: 'kubeconfig', state: 'ok', message: `${count}; looking at ${target.name}` };
  }
  return {
    name: 'kubeconfig',
    state: 'failed',
    message: known.length === 0 ? 'no context' : 'no such context, or no current one',
    cost: known.length === 0 ? 'Nothing can be reached.' : `Name one with --context: ${names}.`,
  };
}

const reachCheck = ({ name, reachable, server = '', problem = 'no answer' }: ClusterInfo): Check =>
  reachable
    ? { name: 'API server', state: 'ok', message: `${server || name} answers` }
    : { name: 'API server', state: 'failed', message: problem, cost: `Nothing in ${name} can be read.` };

const otherCheck = ({ name, problem = 'no answer' }: ClusterInfo): Check => ({
  name: 'other context',
  state: 'limited',
  message: `${name}: ${problem}`,
  cost: 'Only this cluster cannot be read.',
});

async function insideChecks(target: ClusterInfo, examined: Examined): Promise<readonly Check[]> {
  const reader = await attempt(() => examined.clusters.reader(target.name));
  if (reader instanceof AppError) return [failedCheck('credentials', reader)];
  const [namespace, permissions, metrics] = await Promise.all([
    namespaceChecks(reader, examined),
    attempt(() => permissionChecks(reader, examined)),
    metricsCheck(reader, examined.signal),
  ]);
  return [
    versionCheck(target),
    ...namespace,
    ...(permissions instanceof AppError ? [failedCheck('permissions', permissions)] : permissions),
    metrics,
  ];
}

/** The oldest minor version of 1.x on which kubemend is tested. */
const oldestMinor = 30;

function versionCheck({ version }: ClusterInfo): Check {
  const minor = /^v?1\.(\d+)/.exec(version ?? '')?.[1];
  if (minor === undefined) return { name: 'version', state: 'limited', message: `unknown (${version ?? 'none'})` };
  if (Number(minor) >= oldestMinor) return { name: 'version', state: 'ok', message: `${version}` };
  return {
    name: 'version',
    state: 'limited',
    message: `${version} is older than 1.${oldestMinor}`,
    cost: 'Works as far as it goes; nobody has tried.',
  };
}

/** Only a namespace that is known not to exist is worth a line; which ones an archive holds, a diagnosis of it says. */
async function namespaceChecks(reader: Reader, { namespace, signal }: Examined): Promise<readonly Check[]> {
  if (reader.can === undefined) return [];
  const found = await attempt(() => reader.get({ kind: 'Namespace', name: namespace }, signal));
  const wrong = found instanceof AppError && ['not_found', 'validation_error'].includes(found.code);
  return wrong ? [failedCheck('namespace', found)] : [];
}

async function metricsCheck(reader: Reader, signal: AbortSignal): Promise<Check> {
  const answer = await attempt(() => reader.list({ kind: 'nodes.metrics.k8s.io', limit: 1 }, signal));
  if (!(answer instanceof AppError)) return { name: 'metrics API', state: 'ok', message: 'answers' };
  return {
    name: 'metrics API',
    state: 'limited',
    message: answer.code === 'not_found' ? 'not installed' : answer.message,
    cost: 'Usage cannot be compared with requests and limits.',
  };
}
