import { expect, it } from 'vitest';
import { textTable } from '../../../../src/tools/report/table.ts';

it('sets columns side by side, numbers to the right', () => {
  const rows = [
    ['api-0', 'Running', 3],
    ['web-frontend-0', 'CrashLoop\nBackOff', 12],
  ];

  expect(textTable(['Name', 'Status', 'Restarts'], rows)).toMatchInlineSnapshot(`
    "NAME            STATUS             RESTARTS
    api-0           Running                   3
    web-frontend-0  CrashLoop BackOff        12"
  `);
});

it('is only a header without rows', () => {
  expect(textTable(['Name'], [])).toBe('NAME');
});
