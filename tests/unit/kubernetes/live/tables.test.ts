import { describe, expect, it } from 'vitest';
import { podRowsOf } from '../../../../src/kubernetes/live/pod-rows.ts';
import { tableShape } from '../../../../src/kubernetes/live/shapes.ts';
import { parseTable } from '../../../../src/kubernetes/live/table.ts';

const table = (names: readonly string[], ...rows: readonly (readonly unknown[])[]) =>
  parseTable(
    tableShape.parse({
      columnDefinitions: names.map((name) => ({ name, priority: name === 'Node' ? 1 : 0 })),
      rows: rows.map((cells) => ({ cells })),
    }),
  );

describe('podRowsOf', () => {
  it('finds columns by name, wherever they are', () => {
    const printed = table(
      ['Node', 'NAME', 'Restarts', 'Ready', 'Status', 'Age'],
      ['n1', 'web', '5 (3m ago)', '1/2', 'Init:0/1', '5m2s'],
    );

    expect(podRowsOf(printed, 'shop')).toEqual([
      {
        namespace: 'shop',
        name: 'web',
        ready: 1,
        containers: 2,
        status: 'Init:0/1',
        restarts: 5,
        age: '5m2s',
        node: 'n1',
      },
    ]);
  });

  it('takes restarts as numbers, and no node for none', () => {
    const printed = table(
      ['Name', 'Ready', 'Status', 'Restarts', 'Age', 'Node'],
      ['web', '0/1', 'Pending', 7, '<unknown>', '<none>'],
    );

    expect(podRowsOf(printed, 'shop')).toEqual([
      { namespace: 'shop', name: 'web', ready: 0, containers: 1, status: 'Pending', restarts: 7, age: '<unknown>' },
    ]);
  });

  it('survives columns and cells that are missing', () => {
    expect(podRowsOf(table(['Name'], ['web'], []), undefined)).toMatchObject([
      { namespace: '', name: 'web', ready: 0 },
      { name: '' },
    ]);
  });
});

describe('parseTable', () => {
  it('reads whatever cells hold', () => {
    expect(table(['a', 'b', 'c', 'd'], [null, true, 3, { x: 1 }]).rows[0]?.cells).toEqual(['', true, 3, '{"x":1}']);
  });

  it('reads a table of nothing', () => {
    expect(parseTable(tableShape.parse({ columnDefinitions: null, rows: null }))).toEqual({
      columns: [],
      rows: [],
      next: undefined,
      remaining: undefined,
    });
  });

  it('shows no secrets', () => {
    expect(table(['Message'], ['password=canary'], ['password=canary']).rows[0]?.cells[0]).toMatch(/REDACTED/);
  });
});
