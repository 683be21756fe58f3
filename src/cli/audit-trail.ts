import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { type Audit, type AuditOptions, auditLine, createAudit } from '../platform/audit.ts';
import { isBlocked, type Logger, type LogStream } from '../platform/logging.ts';

export interface TrailOptions extends Pick<AuditOptions, 'onResult'> {
  /** Path of a file that is only added to; absent: lines of the log. */
  readonly file: string | undefined;
  readonly log: Pick<Logger, 'info' | 'error'>;
  /** Where the log goes: lines are lost while it is blocked, and once it is closed. */
  readonly stream: Pick<LogStream, 'writableLength' | 'on'>;
}

/** Where this process writes down what it decides. */
export function auditTrail({ file, log, stream, onResult }: TrailOptions): Audit {
  if (file === undefined) return createAudit({ write: throughLog({ log, stream }), onResult });
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

function throughLog({ log, stream }: Pick<TrailOptions, 'log' | 'stream'>): AuditOptions['write'] {
  let closed = false;
  stream.on('error', () => {
    closed = true;
  });
  return (record) => {
    if (closed || isBlocked(stream)) throw new Error('nobody reads the log');
    log.info({ audit: record }, 'audit');
  };
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
