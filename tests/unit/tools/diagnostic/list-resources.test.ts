import { describe, expect, it } from 'vitest';
import type { ListQuery, TablePage } from '../../../../src/kubernetes/ports.ts';
import { listResources } from '../../../../src/tools/diagnostic/list-resources.ts';
import { aContext, aReader, runTool } from '../../../support/fake-reader.ts';
import { aType } from '../../../support/resource-types.ts';

const columns = ['Name', 'Ready', 'Status', 'Restarts', 'Age', 'Readiness Gates'];
const row = (name: string, namespace = 'shop') => ({
  namespace,
  cells: [name, '1/1', 'Running', 0, '12d', '<none>'],
});

const listing = (page: Partial<TablePage>, { namespaced = true } = {}) => {
  const queries: ListQuery[] = [];
  const type = aType('Pod', { namespaced });
  const reader = aReader({
    resolve: async () => type,
    list: async (query) => {
      queries.push(query);
      return { type, columns, rows: [], ...page };
    },
  });
  return { reader, queries };
};

describe('list_resources', () => {
  it('is the table that kubectl prints, without empty columns', async () => {
    const { data, text } = await runTool(listResources, { kind: 'pod' }, aContext(listing({ rows: [row('web-0')] })));

    expect(data).toEqual({
      kind: 'Pod',
      namespace: 'shop',
      columns: ['Name', 'Ready', 'Status', 'Restarts', 'Age'],
      rows: [['web-0', '1/1', 'Running', 0, '12d']],
      truncated: false,
    });
    expect(text).toMatchInlineSnapshot(`
      "NAME   READY  STATUS   RESTARTS  AGE
      web-0  1/1    Running         0  12d"
    `);
  });

  it('passes on what to choose and where to go on', async () => {
    const { reader, queries } = listing({ rows: [row('web-0')], cursor: 'next', remaining: 450 });
    const input = {
      kind: 'pod',
      namespace: 'web',
      label_selector: 'app=web',
      field_selector: 'a=b',
      limit: 1,
      cursor: 'c',
    };

    const { data, text } = await runTool(listResources, input, aContext({ reader }));

    expect(queries).toEqual([
      { kind: 'pod', namespace: 'web', labelSelector: 'app=web', fieldSelector: 'a=b', limit: 1, cursor: 'c' },
    ]);
    expect(data).toMatchObject({ truncated: true, remaining: 450, cursor: 'next' });
    expect(text).toContain('… 450 more: call again with cursor next, or narrow it with a selector');
  });

  it('names namespaces, and hides those of the system', async () => {
    const rows = [row('web-0'), row('coredns', 'kube-system')];

    const { data, text } = await runTool(
      listResources,
      { kind: 'po', all_namespaces: true },
      aContext(listing({ rows })),
    );

    expect(data).toMatchObject({ hidden: 1, rows: [['shop', 'web-0', '1/1', 'Running', 0, '12d']] });
    expect(text).toContain('… 1 in system namespaces not shown');
  });

  it('shows those of the system when that is allowed', async () => {
    const context = aContext({
      ...listing({ rows: [row('coredns', 'kube-system')] }),
      settings: { allowSystemNamespaces: true },
    });

    const { data } = await runTool(listResources, { kind: 'po', all_namespaces: true }, context);

    expect(data['rows']).toHaveLength(1);
  });

  it('asks without a namespace for a kind that has none', async () => {
    const { reader, queries } = listing({ cursor: 'next' }, { namespaced: false });

    const { text } = await runTool(listResources, { kind: 'node' }, aContext({ reader }));

    expect(queries[0]?.namespace).toBeUndefined();
    expect(text).toMatchInlineSnapshot(`
      "No Pod objects.
      … more: call again with cursor next, or narrow it with a selector"
    `);
  });

  it('cuts long cells', async () => {
    const rows = [{ namespace: 'shop', cells: ['Failed', 'x'.repeat(5_000)] }];

    const { data } = await runTool(
      listResources,
      { kind: 'ev' },
      aContext(listing({ columns: ['Reason', 'Message'], rows })),
    );

    expect(data['rows']).toEqual([['Failed', `${'x'.repeat(199)}…`]]);
  });

  it('lists 500 pods in less than 4 KB', async () => {
    const rows = Array.from({ length: 50 }, (_, index) => row(`checkout-service-7d9f8b6c5d-x${index}abc`));

    const { data, text } = await runTool(
      listResources,
      { kind: 'pods' },
      aContext(listing({ rows, remaining: 450, cursor: 'eyJ2IjoibWV0YS5rOHMuaW8vdjEifQ' })),
    );

    expect(Buffer.byteLength(JSON.stringify(data))).toBeLessThan(4_000);
    expect(Buffer.byteLength(text)).toBeLessThan(4_000);
  });
});
