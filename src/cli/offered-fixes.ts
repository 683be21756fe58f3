import { healingTools } from '../tools/healing-tools.ts';
import { diagnosis } from '../tools/report/diagnosis.ts';
import { fixSpans } from '../tools/report/fix-text.ts';
import { healed } from './healed.ts';
import type { CommandContext } from './program.ts';
import { targetArguments, targetFlags } from './target-arguments.ts';

const mostCauses = 20;

/** `kubemend heal` alone: diagnoses, offers the remedies that are actions of ours, and plans the chosen one. */
export async function offered(context: CommandContext, options: Readonly<Record<string, unknown>>): Promise<number> {
  const { terminal, settings } = context;
  const target = targetArguments(targetFlags.parse(options), settings);
  const { diagnose } = await import('../tools/diagnostic/diagnose.ts');
  const clusters = await context.openClusters();
  const { result } = await context.call(diagnose, { ...target, limit: mostCauses }, { clusters });
  if (!result.success) {
    terminal.err(`kubemend: ${result.error}\n${result.hint === undefined ? '' : `${result.hint}\n`}`);
    return 2;
  }
  const found = diagnosis.parse(result);
  const names = new Set(healingTools.map(({ name }) => name));
  const fixes = found.causes.flatMap(({ summary, fixes: all }) =>
    all.flatMap((fix) => ('tool' in fix && names.has(fix.tool) ? [{ summary, fix }] : [])),
  );
  if (found.verdict === 'unknown' && fixes.length === 0) {
    terminal.err('kubemend: too little could be read to tell what is broken: kubemend diagnose tells what.\n');
    return 2;
  }
  if (fixes.length === 0) {
    terminal.out(
      found.causes.length === 0
        ? 'Nothing is broken here.\n'
        : `${found.causes.length} causes, none of which an action of kubemend mends: kubemend diagnose tells what does.\n`,
    );
    return found.causes.length === 0 ? 0 : 1;
  }
  for (const [index, { summary, fix }] of fixes.entries()) {
    terminal.out(
      `${index + 1}  ${summary}\n   ${fixSpans(fix)
        .map(({ text }) => text)
        .join('')}\n`,
    );
  }
  const answer = await terminal.ask(`\nWhich one shall be planned? [1-${fixes.length}, none] `);
  const chosen = fixes[Number.parseInt(answer ?? '', 10) - 1];
  if (chosen === undefined) return answer === undefined ? 2 : 1;
  // On the cluster that was diagnosed, not on the default one.
  const { cluster } = target;
  const args = { ...chosen.fix.arguments, ...(cluster !== undefined && { cluster }) };
  return healed(context, { tool: chosen.fix.tool, args, options: {} });
}
