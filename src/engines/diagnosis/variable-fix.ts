import { nearest } from '../../platform/nearest.ts';
import type { Pod } from '../objects.ts';
import { workloadOf } from '../owners.ts';
import { templateName } from '../pod-spec-path.ts';
import type { PodContainer } from '../pods.ts';
import type { Snapshot } from '../snapshot.ts';
import { kubectlName } from './crash-finding.ts';
import type { Fix } from './rule.ts';

/** Names of variables that a line says are not there. */
const missingVariable =
  /(?:missing|required?|not set|unset|undefined|not found|not defined|not provided|must be (?:set|provided|specified|defined)|KeyError|no value|empty|unbound).{0,60}?\b([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)\b|\b([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)\b["'`]*:?[\w ]{0,40}?\b(?:missing|required?|not set|unset|undefined|not found|not defined|not provided|must be (?:set|provided|specified|defined)|parameter (?:null or )?not set|is empty|unbound|not configured)/;

/** `You must specify POSTGRES_PASSWORD`, `You need to specify one of the following: - MYSQL_ROOT_PASSWORD`. */
const demandedVariable =
  /\b(?:must|need to|please) (?:specify|set|provide|define)\b[^]{0,80}?\b([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)\b/i;

/** Spring's `${ENABLE_TRACING}`; names with dots are properties, which other variables give. */
const springProperty = /Could not resolve placeholder '([A-Z][A-Z0-9_]+)'/;

/** The variable that a text says is missing; `undefined` when it names none. */
export function missingVariableIn(text: string): string | undefined {
  const match = missingVariable.exec(text);
  return match?.[1] ?? match?.[2] ?? demandedVariable.exec(text)?.[1] ?? springProperty.exec(text)?.[1];
}

/** A variable that differs in one word from the one that a text says is missing, and there in few letters. */
export function misspeltVariable(
  { spec }: PodContainer,
  text: string,
): { readonly missing: string; readonly has: string } | undefined {
  const missing = missingVariableIn(text);
  const names = (spec.env ?? []).flatMap(({ name }) => name ?? []);
  if (missing === undefined || names.includes(missing)) return undefined;
  const has = names.find((name) => isMisspelt(name.split('_'), missing.split('_')));
  return has === undefined ? undefined : { missing, has };
}

/** `HOST` and `PORT` are no misspellings of each other: short words may differ in one letter. */
function isMisspelt(words: readonly string[], wanted: readonly string[]): boolean {
  const [place, ...others] = wanted.flatMap((word, index) => (words[index] === word ? [] : [index]));
  if (words.length !== wanted.length || place === undefined || others.length > 0) return false;
  return nearest(wanted[place] ?? '', [words[place] ?? ''], 1).length > 0;
}

/** How to set the variable that a text says is missing, unless the container has it. */
export function variableFix(
  snapshot: Snapshot,
  { pod, container }: { readonly pod: Pod; readonly container: PodContainer },
  text: string,
): readonly Fix[] {
  const variable = missingVariableIn(text);
  if (variable === undefined || container.spec.env?.some(({ name }) => name === variable)) return [];
  const workload = workloadOf(snapshot, pod);
  // Of a Pod and a Job the API server lets nobody change the environment.
  const settable = workload.kind !== 'Pod' && workload.kind !== 'Job';
  const elsewhere = (container.spec.envFrom ?? []).length > 0 ? ', nor may what envFrom brings' : '';
  return [
    {
      advice: settable
        ? `kubectl set env ${kubectlName(workload)} -c ${container.name} ${variable}=VALUE, or take it from a ConfigMap or Secret`
        : `add ${variable} to env of container ${container.name} in ${templateName(workload)}, and create it anew`,
      reason: `env of container ${container.name} has no ${variable}${elsewhere}`,
    },
  ];
}
