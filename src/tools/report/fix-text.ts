import type { DiagnosedFix } from './diagnosis.ts';
import { glue, type Span, span } from './lines.ts';

/** A remedy as one reads it: the command, or the advice, and why. */
export function fixSpans(fix: DiagnosedFix): readonly Span[] {
  const step = stepSpan('advice' in fix ? fix.advice : healCommand(fix.tool, fix.arguments));
  return fix.reason.trim() === '' ? [step] : [step, glue('  '), span(`(${fix.reason})`, 'dim')];
}

/** Words, or a command that can be copied. */
export const stepSpan = (text: string): Span =>
  span(text, /^(?:kubectl|kubemend|helm|crane|docker) /.test(text) ? 'command' : 'plain');

const placed = new Set(['namespace', 'kind', 'name', 'object', 'target', 'pod_name', 'cluster', 'uncordon']);

/** What `kubemend heal` calls a tool, where that is not its first word. */
function verbOf(tool: string, { uncordon }: Readonly<Record<string, unknown>>): string {
  if (tool === 'set_image') return 'set-image';
  if (tool === 'cordon_node' && uncordon === true) return 'uncordon';
  return tool.split('_')[0] ?? tool;
}

/** A healing tool as its command: `kubemend heal rollback deployment/api -n shop --revision 4`. */
function healCommand(tool: string, args: Readonly<Record<string, unknown>>): string {
  const { namespace, cluster } = args;
  const flags = Object.entries(args)
    .filter(([name]) => !placed.has(name))
    .map(
      ([name, value]) => `--${name.replaceAll('_', '-')} ${typeof value === 'string' ? value : JSON.stringify(value)}`,
    );
  return [
    `kubemend heal ${verbOf(tool, args)}`,
    targetOf(args),
    typeof namespace === 'string' ? `-n ${namespace}` : '',
    typeof cluster === 'string' ? `--context ${cluster}` : '',
    ...flags,
  ]
    .filter((part) => part !== '')
    .join(' ');
}

function targetOf({ kind, name, object, pod_name }: Readonly<Record<string, unknown>>): string {
  if (typeof object === 'string') return object;
  if (typeof pod_name === 'string') return `pod/${pod_name}`;
  if (typeof name !== 'string') return '';
  return typeof kind === 'string' ? `${kind.toLowerCase()}/${name}` : name;
}
