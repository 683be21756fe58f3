import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AuditRecord, auditLine, createAudit, createAuditVerifier } from '../../../src/platform/audit.ts';
import { runInRequest } from '../../../src/platform/request-context.ts';

/** A trail, and its lines. */
function aTrail(process = 'p1') {
  const lines: string[] = [];
  const audit = createAudit({ write: (record) => lines.push(auditLine(record)), now: () => 0, process });
  return { audit, lines };
}

function verdictOf(lines: readonly string[]) {
  const verifier = createAuditVerifier();
  for (const line of lines) verifier.take(line.trimEnd());
  return verifier.verdict();
}

const recorded = (count: number, process?: string): string[] => {
  const { audit, lines } = aTrail(process);
  for (let each = 1; each <= count; each++) audit.record({ tool: 'diagnose', number: each });
  return lines;
};

describe('an audit trail', () => {
  it('is a chain, each record sealed with the one before it', () => {
    const lines = recorded(3);
    const records = lines.map((line) => (JSON.parse(line) as { audit: AuditRecord }).audit);

    expect(records.map(({ seq, at, process }) => [seq, at, process])).toEqual(
      [1, 2, 3].map((seq) => [seq, '1970-01-01T00:00:00.000Z', 'p1']),
    );
    expect(records[1]?.previous).toBe(records[0]?.hash);
    expect(verdictOf(lines)).toEqual({ records: 3, processes: 1, breaks: [] });
  });

  it('says of which request and trace a record is, and stays a chain', () => {
    const { audit, lines } = aTrail();
    const callerTrace = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', sampled: true };
    runInRequest({ requestId: 'r-1', callerTrace }, () => audit.record({ tool: 'diagnose' }));
    audit.record({ tool: 'diagnose' });

    const [inside, outside] = lines.map((line) => (JSON.parse(line) as { audit: AuditRecord }).audit);
    expect(inside).toMatchObject({ request_id: 'r-1', trace_id: callerTrace.traceId, tool: 'diagnose' });
    expect(outside).not.toHaveProperty('trace_id');
    expect(verdictOf(lines).breaks).toEqual([]);
  });

  it('may be of several processes, among lines of a log', () => {
    const [first, second] = [recorded(2, 'a'), recorded(2, 'b')];
    const lines = [first[0], '{"level":"info","msg":"tool call"}', second[0], 'no JSON', second[1], first[1]];

    expect(verdictOf(lines.map(String))).toEqual({ records: 4, processes: 2, breaks: [] });
  });

  it.each<[string, (lines: string[]) => string[], number, string]>([
    ['was changed', (lines) => lines.map((line) => line.replace('"number":2', '"number":7')), 2, 'was changed'],
    ['was left out', (lines) => lines.toSpliced(1, 1), 2, 'record 3 of its process follows on record 1'],
    ['is missing at the beginning', (lines) => lines.slice(1), 1, 'the 1 records before it are missing'],
    [
      'was put in',
      (lines) => lines.toSpliced(1, 0, String(lines[0])),
      2,
      'record 1 of its process follows on record 1',
    ],
    ['was exchanged', ([a, b, c]) => [String(a), String(c), String(b)], 2, 'record 3'],
    ['was cut off', (lines) => lines.toSpliced(1, 1, String(lines[1]).slice(0, 60)), 2, 'cannot be read'],
  ])('shows that a record %s', (_, harmed, line, why) => {
    expect(verdictOf(harmed(recorded(3))).breaks[0]).toEqual({ line, why: expect.stringContaining(why) });
  });

  it('shows any change of any character', () => {
    const lines = recorded(3);
    fc.assert(
      fc.property(fc.nat(2), fc.nat(), fc.constantFrom('0', 'f', 'x'), (index, at, character) => {
        const line = String(lines[index]);
        // The line break, and what stands around the record, are no part of it.
        const place = '{"audit":{'.length + (at % (line.length - 13));
        const harmed = `${line.slice(0, place)}${character}${line.slice(place + 1)}`;
        fc.pre(harmed !== line);
        expect(verdictOf(lines.with(index, harmed)).breaks).not.toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('holds no secret and nothing that cannot be written', () => {
    const { audit, lines } = aTrail();
    audit.record({ text: 'Bearer abcdefghijklmnopqrstuvwxyz0123456789', nothing: undefined, odd: '\u202Ehidden' });

    expect(lines[0]).not.toMatch(/abcdefghijkl|\u202E|nothing/);
    expect(verdictOf(lines).breaks).toEqual([]);
  });

  it('goes on from the last record that was written', () => {
    const lines: string[] = [];
    const results: string[] = [];
    let full = false;
    const audit = createAudit({
      write(record) {
        if (full) throw new Error('ENOSPC');
        lines.push(auditLine(record));
      },
      onResult: (result) => results.push(result),
    });
    audit.record({ tool: 'a' });
    full = true;
    audit.record({ tool: 'b' });
    const during = audit.failing;
    full = false;
    audit.record({ tool: 'c' });

    expect([during, audit.failing]).toEqual([true, false]);
    expect(results).toEqual(['written', 'failed', 'written']);
    expect(verdictOf(lines)).toMatchObject({ records: 2, breaks: [] });
  });
});
