import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { type Audit, type AuditOptions, auditLine, createAudit } from '../platform/audit.ts';
import type { Logger } from '../platform/logging.ts';

export interface TrailOptions extends Pick<AuditOptions, 'onResult'> {
  /** Path of a file that is only added to; absent: lines of the log. */
  readonly file: string | undefined;
  readonly log: Pick<Logger, 'info' | 'error'>;
}

/** Where this process writes down what it decides. */
export function auditTrail({ file, log, onResult }: TrailOptions): Audit {
  if (file === undefined) return createAudit({ write: (record) => log.info({ audit: record }, 'audit'), onResult });
  let told = false;
  return createAudit({
    write(record) {
      try {
        append(file, auditLine(record));
        told = false;
      } catch (error) {
        if (!told) log.error({ err: error }, 'the audit cannot be written: nothing is changed until it can');
        told = true;
        throw error;
      }
    },
    onResult,
  });
}

/** Opened each time: whoever rotates the file moves it away. On disk before what it tells of is done. */
function append(file: string, line: string): void {
  const descriptor = openSync(file, 'a', 0o600);
  try {
    writeSync(descriptor, line);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
