import * as z from 'zod';
import { diagnosisPermissions } from '../permissions.ts';
import { cut } from '../report/digest.ts';
import { textTable } from '../report/table.ts';
import { allNamespaces, cluster, cursor, kind, namespace } from '../schemas.ts';
import { isSystem, targetNamespace } from '../target.ts';
import { defineTool } from '../tool.ts';

const selector = (what: string, example: string) =>
  z.string().min(1).max(1024, 'is too long').optional().describe(`${what} selector: ${example}.`);

const cell = z.union([z.string(), z.number(), z.boolean()]);

export const listResources = defineTool({
  name: 'list_resources',
  title: 'List resources',
  description: `
    Lists objects of any kind, custom resources included, as the compact table that kubectl get prints. Read one in
    full with get_resource; to find out what is wrong, use diagnose.`,
  access: 'read',
  permissions: diagnosisPermissions.filter((permission) => permission.startsWith('list ')),

  input: z.object({
    kind,
    namespace,
    all_namespaces: allNamespaces,
    label_selector: selector('Label', 'app=web,tier!=cache'),
    field_selector: selector('Field', 'status.phase=Pending'),
    limit: z.int().min(1).max(500).default(50).describe('Most rows.'),
    cursor,
    cluster,
  }),
  output: z.object({
    kind: z.string(),
    namespace: z.string().optional(),
    columns: z.array(z.string()).readonly(),
    rows: z.array(z.array(cell).readonly()).readonly(),
    truncated: z.boolean(),
    /** How many more there are, when the server says so. */
    remaining: z.int().optional(),
    cursor: z.string().optional(),
    /** Rows of system namespaces that are not shown. */
    hidden: z.int().optional(),
  }),

  async run({ kind: wanted, limit, label_selector, field_selector, cursor: from, ...where }, context) {
    const reader = await context.reader();
    const target = targetNamespace(where, context.settings);
    const { namespaced } = await reader.resolve(wanted, context.signal);
    const page = await reader.list(
      {
        kind: wanted,
        namespace: namespaced ? target : undefined,
        labelSelector: label_selector,
        fieldSelector: field_selector,
        limit,
        cursor: from,
      },
      context.signal,
    );
    const everywhere = namespaced && target === undefined;
    const visible = context.settings.allowSystemNamespaces
      ? page.rows
      : page.rows.filter((row) => !(everywhere && isSystem(row.namespace)));
    const hidden = page.rows.length - visible.length;
    const { columns, rows } = withoutEmptyColumns({
      columns: everywhere ? ['Namespace', ...page.columns] : page.columns,
      rows: visible.map(({ namespace: place = '', cells }) => (everywhere ? [place, ...cells] : cells).map(short)),
    });
    return {
      kind: page.type.kind,
      namespace: namespaced ? target : undefined,
      columns,
      rows,
      truncated: page.cursor !== undefined,
      remaining: page.remaining,
      cursor: page.cursor,
      ...(hidden > 0 ? { hidden } : {}),
    };
  },

  render({ kind: shown, namespace: place, columns, rows, truncated, remaining, cursor: next, hidden = 0 }) {
    const where = place === undefined ? '' : ` in ${place}`;
    const left = remaining === undefined ? 'more' : `${remaining} more`;
    return [
      rows.length === 0 ? `No ${shown} objects${where}.` : textTable(columns, rows),
      ...(truncated ? [`… ${left}: call again with cursor ${next}, or narrow it with a selector`] : []),
      ...(hidden > 0 ? [`… ${hidden} in system namespaces not shown`] : []),
    ].join('\n');
  },
});

/** Messages of events and conditions can be pages long. */
const cellLength = 200;

const short = (value: string | number | boolean): string | number | boolean =>
  typeof value === 'string' ? cut(value, cellLength) : value;

type Table = {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number | boolean)[])[];
};

/** Columns in which no row has a value say nothing: `<none>`, or nothing at all. */
function withoutEmptyColumns({ columns, rows }: Table): Table {
  const kept = columns.map((_, index) => rows.length === 0 || rows.some((row) => !isEmpty(row[index])));
  const keep = <Item>(items: readonly Item[]): readonly Item[] => items.filter((_, index) => kept[index]);
  return { columns: keep(columns), rows: rows.map(keep) };
}

const isEmpty = (value: string | number | boolean | undefined): boolean =>
  value === undefined || value === '' || value === '<none>';
