import type { FindingClass, Rule } from '../../engines/diagnosis/rule.ts';
import { rules } from '../../engines/diagnosis/rules/index.ts';

const classTexts: Readonly<Record<FindingClass, string>> = {
  cause: 'A cause: it explains itself.',
  symptom: 'A symptom: shown under the cause that explains it, and by itself only when none is found.',
  risk: 'A risk: nothing is broken by it yet.',
};

/** What a rule says, how it knows, and what to do, as markdown. */
export const rulePage = (
  { id, title, area, class: kind, severity, meaning, detection, remedies, avoid }: Rule,
  { note = [], more = '' }: { readonly note?: readonly string[]; readonly more?: string } = {},
): string =>
  [
    `# ${title}`,
    '',
    ...note,
    `\`${id}\` · ${area} · ${severity}${more}`,
    '',
    `${meaning} ${classTexts[kind]}`,
    '',
    '## How we know',
    '',
    detection,
    '',
    ...listSection('What to do', remedies, true),
    ...listSection('What not to do', avoid, false),
  ]
    .join('\n')
    .trimEnd()
    .concat('\n');

function listSection(title: string, items: readonly string[], ordered: boolean): readonly string[] {
  if (items.length === 0) return [];
  return [`## ${title}`, '', ...items.map((item, number) => `${ordered ? `${number + 1}.` : '-'} ${item}`), ''];
}

/** The page of a rule; `undefined` when there is no such rule. */
export function pageOfRule(id: string): string | undefined {
  const rule = rules.find((each) => each.id === id);
  return rule && rulePage(rule);
}

/** All rules, a line each, as markdown. */
export const ruleList = (): string =>
  rules
    .map(({ id, title }) => `- \`${id}\`: ${title}`)
    .join('\n')
    .concat('\n');

export const ruleIds = (): readonly string[] => rules.map(({ id }) => id);
