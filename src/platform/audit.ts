import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { canonical, digestOf } from './digest.ts';
import { mapStrings } from './map-strings.ts';
import { redactText } from './redact.ts';
import { currentRequest, currentTrace } from './request-context.ts';
import { safeText } from './safe-text.ts';

/** One thing that was decided, in the order of its process. */
export interface AuditRecord {
  readonly at: string;
  /** One start of the program. */
  readonly process: string;
  /** From 1. */
  readonly seq: number;
  /** Of the record before; of the first, of the process alone. */
  readonly previous: string;
  /** SHA-256 over all other fields, hex. */
  readonly hash: string;
  readonly [fact: string]: unknown;
}

/** Who did what, and what was decided: in a chain, in which a record that was changed, left out or put in shows. */
export interface Audit {
  /** With the ids of the request that this is called in, by which records, log lines and traces are joined. */
  record(facts: object): void;
  /** Whether the last record could not be written: then nothing may be changed. */
  readonly failing: boolean;
}

export interface AuditOptions {
  /** Writes one record. Throws when it cannot. */
  readonly write: (record: AuditRecord) => void;
  readonly onResult?: ((result: 'written' | 'failed') => void) | undefined;
  readonly now?: () => number;
  readonly process?: string;
}

export function createAudit({ write, onResult = () => {}, now = Date.now, ...options }: AuditOptions): Audit {
  const process = options.process ?? randomUUID();
  let last = { seq: 0, hash: beginningOf(process) };
  let failing = false;
  return {
    get failing() {
      return failing;
    },
    record(facts) {
      const seq = last.seq + 1;
      // As it is read back: what is redacted later would break the chain.
      const all = { request_id: currentRequest()?.requestId, trace_id: currentTrace()?.traceId, ...facts };
      const told: object = JSON.parse(JSON.stringify(mapStrings(all, (text) => redactText(safeText(text)))));
      const unsealed = { ...told, at: new Date(now()).toISOString(), process, seq, previous: last.hash };
      const record = { ...unsealed, hash: digestOf(unsealed) };
      try {
        write(record);
        last = { seq, hash: record.hash };
        failing = false;
      } catch {
        // The chain goes on from the last one that is there.
        failing = true;
      }
      onResult(failing ? 'failed' : 'written');
    },
  };
}

const beginningOf = (process: string): string => digestOf(process);

const recordShape = z.looseObject({
  at: z.string(),
  process: z.string(),
  seq: z.int(),
  previous: z.string(),
  hash: z.string(),
});
const lineShape = z.looseObject({ audit: recordShape });

/** What the records of a file come to. */
export interface AuditVerdict {
  readonly records: number;
  readonly processes: number;
  /** Where a chain is broken, and how. */
  readonly breaks: readonly { readonly line: number; readonly why: string }[];
}

export interface AuditVerifier {
  /** One line of a log or of an audit file; other lines of a log are passed over. */
  take(line: string): void;
  verdict(): AuditVerdict;
}

/** A break is told this often. */
const toldBreaks = 20;

/** Checks chains line by line, in constant memory but for one entry a process. */
export function createAuditVerifier(): AuditVerifier {
  const ends = new Map<string, { readonly seq: number; readonly hash: string }>();
  const breaks: { line: number; why: string }[] = [];
  let [line, records] = [0, 0];

  function check(record: z.output<typeof recordShape>): string | undefined {
    const { hash, ...unsealed } = record;
    const { process, seq, previous } = record;
    const end = ends.get(process);
    ends.set(process, { seq, hash });
    if (digestOf(unsealed) !== hash) return 'the record was changed';
    if (end === undefined) {
      if (seq !== 1) return `the ${seq - 1} records before it are missing`;
      return previous === beginningOf(process) ? undefined : 'it does not begin its chain';
    }
    if (seq !== end.seq + 1) return `record ${seq} of its process follows on record ${end.seq}`;
    return previous === end.hash ? undefined : 'it does not follow on the record before it';
  }

  return {
    take(text) {
      line++;
      if (!text.includes('"audit"')) return;
      const record = lineShape.safeParse(parsed(text)).data?.audit;
      const why = record === undefined ? unreadable(text) : check(record);
      if (record !== undefined) records++;
      if (why !== undefined && breaks.length < toldBreaks) breaks.push({ line, why });
    },
    verdict: () => ({ records, processes: ends.size, breaks }),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A line that was cut off, or holds no record: only what begins like one of ours is missed. */
const unreadable = (text: string): string | undefined =>
  /"audit":\s*\{/.test(text) ? 'the record cannot be read' : undefined;

/** One line of an audit file. */
export const auditLine = (record: AuditRecord): string => `${canonical({ audit: record })}\n`;
