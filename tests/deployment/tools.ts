/** Helm and kustomize as tests use them. */
import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';

export const chart = 'k8s/helm/kubemend';
const unpack = 'tests/deployment/tools.sh';
/** The folder with helm and kubectl. */
export const toolsPath = execFileSync(unpack, { encoding: 'utf8' }).trim();

/** An object of Kubernetes, as far as tests look into it. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

/** Files with values, each an example of one feature: `heal-values.yaml`. */
export const valuesFiles: readonly string[] = readdirSync(`${chart}/ci`);
export const overlays: readonly string[] = readdirSync('k8s/overlays');

/** Runs helm to its end; a status other than 0 is a result, not an error. */
export function helm(args: readonly string[], input?: string) {
  const { status, stdout, stderr } = spawnSync(`${toolsPath}/helm`, args, { input, encoding: 'utf8' });
  return { status, stdout, stderr };
}

/** `helm template` of these values, given as they are or as a file of the chart's. */
export function template(values: object | string, args: readonly string[] = []) {
  const [file, input] = typeof values === 'string' ? [`${chart}/ci/${values}`] : ['-', JSON.stringify(values)];
  return helm(['template', 'kubemend', chart, '--namespace', 'kubemend', '--values', file, ...args], input);
}

/** What the chart makes of these values. */
export function rendered(values: object | string, args: readonly string[] = []): readonly Manifest[] {
  const { status, stdout, stderr } = template(values, args);
  if (status !== 0) throw new Error(stderr);
  return manifestsOf(stdout);
}

/** What `kubectl apply -k` sends. */
export const kustomized = (folder: string): readonly Manifest[] =>
  manifestsOf(execFileSync(`${toolsPath}/kubectl`, ['kustomize', folder], { encoding: 'utf8' }));

const manifestsOf = (text: string): readonly Manifest[] =>
  parseAllDocuments(text).map((document) => document.toJS() as Manifest);

/** The only one of a kind (and name). */
export function only(manifests: readonly Manifest[], kind: string, name?: string): Manifest {
  const found = manifests.filter((each) => each.kind === kind && (name ?? each.metadata.name) === each.metadata.name);
  if (found[0] === undefined || found.length > 1) throw new Error(`${found.length} of ${kind} ${name ?? ''}`);
  return found[0];
}

/** Kind, namespace and name of each, sorted. */
export const namesOf = (manifests: readonly Manifest[]): readonly string[] =>
  manifests
    .map(({ kind, metadata: { namespace, name } }) => [kind, namespace, name].filter(Boolean).join('/'))
    .toSorted();
