import { nearest } from '../../platform/nearest.ts';
import type { Crash } from '../crashes/crashes.ts';
import { refOf } from '../objects.ts';
import type { CrashGap } from './crash-gap.ts';

const shell = /(?:^|\/)(?:ba|da|a)?sh$/;
/** `$BACKEND_URL`, `${BACKEND_URL}`; one with a default may be unset. */
const used = /\$(?:\{([A-Z][A-Z0-9_]{3,})\}|([A-Z][A-Z0-9_]{3,})\b)/g;

/** A variable that the script of a container uses and nothing sets, while its environment has one of nearly that name that it does not use. */
export function shellVariableGap({
  pod,
  container: { name, spec },
}: Pick<Crash, 'pod' | 'container'>): CrashGap | undefined {
  const { command = [], args = [], env = [], envFrom = [] } = spec;
  const words = [...command, ...args];
  // What envFrom brings is not looked into.
  if (!shell.test(words[0] ?? '') || envFrom.length > 0) return undefined;
  const script = words.slice(1).join('\n');
  const wanted = new Set([...script.matchAll(used)].map(([, braced, bare]) => braced ?? bare ?? ''));
  const spare = env.flatMap((each) => (each.name === undefined || wanted.has(each.name) ? [] : [each.name]));
  const isSet = (variable: string): boolean =>
    env.some((each) => each.name === variable) ||
    new RegExp(`\\b(?:${variable}=|(?:read|for) +${variable}\\b)`).test(script);
  for (const variable of wanted) {
    const near = isSet(variable) ? undefined : nearest(variable, spare, 1)[0];
    if (near === undefined) continue;
    const says = `its command uses ${variable}, which env does not have; it has ${near}`;
    return {
      says,
      evidence: [{ object: refOf(pod), source: 'spec', text: `container ${name}: ${says}` }],
      fixes: [
        {
          advice: `rename ${near} in env of container ${name} to ${variable}, or let the command use ${near}`,
          reason: 'a variable that nothing sets is empty for a shell',
        },
      ],
    };
  }
  return undefined;
}

/** `if [ -z "${NAME:-}" ]; then … fi`, `[ -z "$NAME" ] && { … }`: what a script does without a variable. */
const without = /-z +"?\$\{?([A-Z][A-Z0-9_]{3,})(?::?-)?\}?"? *\]{1,2}[;\s]*(?:then|&&)([^]*?)(?:\bfi\b|\}|$)/g;
const ends = /\bexit [1-9]/;
const shortestLine = 10;

/** A variable without which the script of a container says what its log says, and ends. */
export function demandedVariableGap({
  pod,
  container: { name, spec },
  telling,
  log,
}: Pick<Crash, 'pod' | 'container' | 'telling' | 'log'>): CrashGap | undefined {
  const { command = [], args = [], env = [], envFrom = [] } = spec;
  const words = [...command, ...args];
  if (!shell.test(words[0] ?? '') || envFrom.length > 0) return undefined;
  const said = [telling?.entry.message ?? '', ...(log?.lines ?? []).map(({ text }) => text)].filter(
    (line) => line.length >= shortestLine,
  );
  const found = [...words.slice(1).join('\n').matchAll(without)].find(
    ([, variable, block = '']) =>
      !env.some((each) => each.name === variable) && ends.test(block) && said.some((line) => block.includes(line)),
  );
  const variable = found?.[1];
  if (variable === undefined) return undefined;
  const has = env.flatMap((each) => each.name ?? []).slice(0, shown);
  const says = `its command ends there when ${variable} is empty, and env does not set it${has.length === 0 ? '' : `; it has ${has.join(', ')}`}`;
  return {
    says,
    evidence: [{ object: refOf(pod), source: 'spec', text: `container ${name}: ${says}` }],
    fixes: [
      {
        advice: `set ${variable} in env of container ${name}`,
        reason: 'a variable that nothing sets is empty for a shell',
      },
    ],
  };
}

const shown = 3;
