import type { TellingEntry } from '../logs/telling.ts';

/** What a log line says about a crash beyond doubt. */
export type SignatureRule = 'port-bind-conflict' | 'crash-filesystem-permission';

export interface Signature {
  readonly rule: SignatureRule;
  readonly telling: TellingEntry;
}

/** Never a part of a URL. */
const absolutePath = String.raw`["'\x60(]?(?<![\w/])\/[\w.@-][^\s"'\x60]*`;

/** First match wins. */
const signatures: readonly (readonly [RegExp, SignatureRule])[] = [
  [/\bEADDRINUSE\b|address (?:is )?already in use|port (?:\d+ )?(?:is |was )?already in use/i, 'port-bind-conflict'],
  [
    /\b(?:bind|listen)\b.*(?:permission denied|EACCES)|(?:permission denied|EACCES).*\b(?:bind|listen)\b/i,
    'port-bind-conflict',
  ],
  [/read-only file ?system|\bEROFS\b/i, 'crash-filesystem-permission'],
  [
    new RegExp(
      `(?:permission denied|operation not permitted|\\bEACCES\\b|\\bEPERM\\b|AccessDeniedException).*${absolutePath}|${absolutePath}.*(?:permission denied|operation not permitted|(?<!RBAC: )access denied)`,
      'i',
    ),
    'crash-filesystem-permission',
  ],
];

/** The entry that names the fault, of those that tell most; entries after the first count only when `mayLookFurther`. */
export function signatureIn(
  told: readonly TellingEntry[],
  mayLookFurther: (telling: TellingEntry) => boolean,
): Signature | undefined {
  for (const telling of told) {
    const text = telling.entry.lines.join('\n');
    const rule = signatures.find(([pattern]) => pattern.test(text))?.[1];
    if (rule !== undefined) return { rule, telling };
    if (!mayLookFurther(telling)) return undefined;
  }
  return undefined;
}
