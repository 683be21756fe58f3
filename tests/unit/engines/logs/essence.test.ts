import { describe, expect, it } from 'vitest';
import { entriesOf } from '../../../../src/engines/logs/entries.ts';
import { essenceOf } from '../../../../src/engines/logs/essence.ts';
import { aLog } from '../../../support/builders.ts';

const essence = (...lines: string[]) => entriesOf(aLog('api', lines)).map(essenceOf)[0] ?? '';

describe('essenceOf', () => {
  it('keeps the end of a long text where that is the reason', () => {
    const said = essence(`ERROR cannot start: ${'loading a module of the shop: '.repeat(8)}open /x: permission denied`);
    expect(said).toMatch(/^cannot start: .* … .*open \/x: permission denied$/);
    expect(said.length).toBeLessThanOrEqual(200);
  });

  it('names the cause below a complaint, also in small letters', () => {
    expect(
      essence(
        'F0824 12:17:58.432670       1 provider.go:389] Failed to create Manager: failed to retrieve credentials',
        'caused by: AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity',
        '\tstatus code: 403, request id: eecdfaa6',
      ),
    ).toContain('AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity');
  });

  it('keeps the beginning of a long text where that is the reason', () => {
    expect(essence(`ERROR cannot list pods: ${'and so on '.repeat(40)}`)).toMatch(/^cannot list pods: .*…$/);
  });

  it('drops the packages of a long text, not its reason', () => {
    const said = essence(`ERROR ${'com.example.shop.orders.Start: '.repeat(8)}no such key`);
    expect(said).toMatch(/^Start: Start: .*no such key$/);
  });

  it('drops the fields of a long text that say who speaks', () => {
    const said = essence(`service=api component=x ${'left=1 '.repeat(26)}right=2`);
    expect(said).toMatch(/^left=1 left=1 .*right=2$/);
    expect(essence('service=api left=1 right=2')).toBe('service=api left=1 right=2');
  });

  it('adds what PostgreSQL writes to a line of its own', () => {
    expect(
      essence('2026-11-26 18:00:01 UTC [1] FATAL:  no match', '2026-11-26 18:00:01 UTC [1] DETAIL:  It was 15.'),
    ).toBe('no match: It was 15.');
  });

  it('says nothing of help texts', () => {
    expect(essence('Usage of /api:', '  -name string   must not be empty')).toBe('Usage of /api:');
  });
});
