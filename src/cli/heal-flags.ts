import { type Command, Option } from 'commander';
import * as z from 'zod';
import { AppError } from '../platform/errors.ts';
import { healingTools } from '../tools/healing-tools.ts';
import { approveAction } from '../tools/mend/approve-action.ts';
import type { AnyTool } from '../tools/tool.ts';
import { targetFlags } from './target-arguments.ts';

/** Arguments that have flags or operands of their own. */
const placed = new Set(['object', 'action_id', 'namespace', 'cluster']);

/** The tool of that name, or the one that approves. */
export function healingTool(name: string): AnyTool {
  const tool = [...healingTools, approveAction].find((each) => each.name === name);
  if (tool === undefined) throw new Error(`There is no tool ${name}.`);
  return tool;
}

const argument = z.looseObject({ type: z.string().optional(), description: z.string().optional() });

/** Adds a flag for every argument of the tool: `--memory-limit <value>`. What they take, the tool says. */
export function healFlags(command: Command, tool: string, without: readonly string[]): void {
  for (const [name, schema] of Object.entries(healingTool(tool).input.shape)) {
    if (placed.has(name) || without.includes(name)) continue;
    const { type, description = '' } = argument.parse(z.toJSONSchema(schema, { io: 'input' }));
    const flag = `--${name.replaceAll('_', '-')}`;
    command.addOption(new Option(type === 'boolean' ? flag : `${flag} <value>`, description));
  }
}

export interface Given {
  readonly words: readonly string[];
  /** What the words are. */
  readonly operand: 'object' | 'id';
  readonly options: Readonly<Record<string, unknown>>;
}

/** What was written, as the tool takes it: `--memory-limit 256Mi` → `memory_limit`. */
export function toolArguments(tool: string, { words, operand, options }: Given): Readonly<Record<string, unknown>> {
  const { namespace, allNamespaces, cluster, context = cluster } = targetFlags.parse(options);
  // `heal` takes the flag, to look for what can be mended; behind it, an action does not.
  if (allNamespaces === true) {
    throw new AppError('validation_error', 'An action is on one object, in one namespace: -A says nothing here.', {
      hint: 'Name the namespace: -n NAME',
    });
  }
  const { shape } = healingTool(tool).input;
  const own = Object.entries(shape).flatMap(([name, schema]) => {
    const value = placed.has(name) ? undefined : options[camelCase(name)];
    return value === undefined ? [] : [[name, typed(value, schema)] as const];
  });
  return {
    ...(operand === 'object' ? { object: objectOf(words) } : { action_id: words[0] }),
    ...(namespace !== undefined && { namespace }),
    ...(context !== undefined && { cluster: context }),
    ...Object.fromEntries(own),
  };
}

/** Numbers are text on a command line; what is none stays text, which the tool then refuses in words. */
function typed(value: unknown, schema: unknown): unknown {
  const { type } = argument.parse(schema instanceof z.ZodType ? z.toJSONSchema(schema, { io: 'input' }) : {});
  return type === 'integer' && typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value;
}

const camelCase = (name: string): string => name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** `deployment/api`, or the two words that kubectl takes. */
function objectOf(words: readonly string[]): string {
  if (words.length <= 2) return words.join('/');
  throw new AppError('validation_error', `One object at a time, not ${words.length} words.`, {
    hint: 'Write it as kind/name: kubemend heal restart deployment/api',
  });
}
