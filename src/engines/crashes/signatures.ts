import { type SignatureId, signatureOf, wordsOf } from '../logs/signatures.ts';
import type { TellingEntry } from '../logs/telling.ts';

/** Rules that speak of a fault that a log tells in known words. */
export type LogRule =
  | 'log-auth-failed'
  | 'log-config-parse'
  | 'log-migration-failed'
  | 'log-resource-exhausted'
  | 'log-runtime-memory'
  | 'log-server-refuses'
  | 'log-tls-error';

/** What a log line says about a crash beyond doubt. */
export type SignatureRule = LogRule | 'port-bind-conflict' | 'crash-filesystem-permission';

export interface Signature {
  readonly rule: SignatureRule;
  readonly id: SignatureId;
  readonly telling: TellingEntry;
}

const ruled: Readonly<Partial<Record<SignatureId, SignatureRule>>> = {
  'port-in-use': 'port-bind-conflict',
  permission: 'crash-filesystem-permission',
  'threads-exhausted': 'log-resource-exhausted',
  'disk-full': 'log-resource-exhausted',
  'file-handles-exhausted': 'log-resource-exhausted',
  'pool-exhausted': 'log-resource-exhausted',
  deadlock: 'log-resource-exhausted',
  'server-refuses': 'log-server-refuses',
  'runtime-memory': 'log-runtime-memory',
  'certificate-expired': 'log-tls-error',
  tls: 'log-tls-error',
  'bad-credentials': 'log-auth-failed',
  'migration-failed': 'log-migration-failed',
  'missing-variable': 'log-config-parse',
  'config-parse': 'log-config-parse',
};

/** The rule about logs that speaks of a known fault. */
export function logRuleOf(id: SignatureId | undefined): LogRule | undefined {
  const rule = id && ruled[id];
  return isLogRule(rule) ? rule : undefined;
}

const isLogRule = (rule: SignatureRule | undefined): rule is LogRule => rule?.startsWith('log-') === true;

/**
 * The entry that names the fault, of those that tell most; entries after the first count only when `mayLookFurther`.
 * The first known fault decides, also one that no rule here speaks of, such as a refused connection.
 */
export function signatureIn(
  told: readonly TellingEntry[],
  mayLookFurther: (telling: TellingEntry) => boolean,
): Signature | undefined {
  for (const telling of told) {
    const id = knownFault(telling);
    const rule = id && ruled[id];
    if (id !== undefined) return rule && { rule, id, telling };
    if (!mayLookFurther(telling)) return undefined;
  }
  return undefined;
}

/** A warning may be of something that the program does without: it is no reason for the faults of logs. */
function knownFault({ entry }: TellingEntry): SignatureId | undefined {
  const blunt = signatureOf(entry.lines.join('\n'));
  if (blunt === 'port-in-use' || blunt === 'permission') return blunt;
  const id = signatureOf(wordsOf(entry));
  return entry.level === 'warn' && isLogRule(id && ruled[id]) ? undefined : id;
}
