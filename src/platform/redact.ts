import { createHmac, randomBytes } from 'node:crypto';
import { channel } from 'node:diagnostics_channel';
import { isSecretOf, looksSecret, secretPatterns } from './secret-patterns.ts';

/** Told the type of every secret that is taken out, to count them. */
export type OnRedaction = (type: string) => void;

/** By what a secret was known: a closed set. */
export const redactionRules: readonly string[] = [
  ...new Set([...secretPatterns.map(({ type }) => type), 'private-key', 'secret', 'env', 'field', 'argument']),
];

/** Told the rule of every secret that is taken out anywhere, to count them. */
export const redactions = channel('kubemend:redaction');
const publish: OnRedaction = (type) => redactions.publish(type);

/**
 * Text without secrets: private keys, JWTs, passwords in URLs, bearer tokens, cloud keys, `password=`-like
 * assignments in JSON, YAML and env form, and random strings beside a keyword become `[REDACTED:type#hmac6]`. The
 * HMAC's key is random per process: equal secrets look equal, and nothing can be looked up. Idempotent; linear in the
 * length of the text; the number of lines stays.
 */
export function redactText(text: string, onRedaction: OnRedaction = publish): string {
  if (!suspicious.test(text)) return text;
  const lower = text.toLowerCase();
  let result = lower.includes('private key') ? withoutPrivateKeys(text, onRedaction) : text;
  for (const { type, needs, pattern, accept } of secretPatterns) {
    if (!needs.every((some) => some.some((word) => lower.includes(word)))) continue;
    result = result.replace(pattern, (whole: string, lead: string, secret: string) => {
      if (secret.includes(opening) || accept?.(secret) === false) return whole;
      const [quote = ''] = /^\\{0,3}["']/.exec(secret) ?? [];
      const bare = secret.slice(quote.length);
      const closing = quote !== '' && bare.endsWith(quote) ? quote : '';
      onRedaction(type);
      return `${lead}${quote}${markerOf(type, bare.slice(0, bare.length - closing.length))}${closing}`;
    });
  }
  return result;
}

/** What stands in the place of a secret. */
export const markerOf = (type: string, secret: string): string =>
  `${opening}${type}#${createHmac('sha256', processKey).update(secret).digest('hex').slice(0, 6)}]`;

const opening = '[REDACTED:';
const processKey = randomBytes(32);

/** Nothing that any pattern wants, and no private key, can be in a text without one of these; most texts end here. */
const suspicious = new RegExp(
  [...new Set(secretPatterns.flatMap(({ needs: [first = []] }) => first))].join('|').replaceAll('.', String.raw`\.`),
  'i',
);

/** Cuts from `-----BEGIN … PRIVATE KEY-----` to its end, or to the end of the text when that was cut off. */
function withoutPrivateKeys(text: string, onRedaction: OnRedaction): string {
  let result = '';
  let position = 0;
  for (const { index } of text.matchAll(/-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g)) {
    if (index < position) continue;
    const end = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g;
    end.lastIndex = index;
    const stop = end.exec(text) === null ? text.length : end.lastIndex;
    const key = text.slice(index, stop);
    const lines = key.split('\n').length - 1;
    result += `${text.slice(position, index)}${markerOf('private-key', key)}${'\n'.repeat(lines)}`;
    position = stop;
    onRedaction('private-key');
  }
  return result + text.slice(position);
}

/** Values of these never hold secrets, and a diagnosis needs them whole. */
const harmless = new Set(
  `apiVersion kind name namespace uid generateName resourceVersion image imageID containerID key secretName
  claimName serviceAccountName schedulerName creationTimestamp nodeName volumeName storageClassName`.split(/\s+/),
);

/**
 * An API object without secrets, by its structure first and by {@link redactText} then: values of Secrets, literals of
 * env entries and arguments with a telling name, ConfigMap values and annotations that look secret, Helm releases,
 * registry credentials. Names of objects, keys and images stay. Texts of more than 128 KiB are cut.
 */
export function redactObject<T extends KubernetesLike>(object: T, onRedaction: OnRedaction = publish): T {
  const redacted: Record<string, unknown> = isRecord(object) ? { ...cleanedRecord(object, onRedaction) } : {};
  const whole = new Map<string, unknown>(Object.entries(object));
  for (const field of hiddenFields(object)) {
    const values = whole.get(field);
    if (typeof values === 'object' && values !== null) redacted[field] = allHidden(values, onRedaction);
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- strings became other strings, nothing else changed
  return redacted as T;
}

interface KubernetesLike {
  readonly kind?: string | undefined;
  readonly metadata?: Metadata | undefined;
}
type Metadata = object & { readonly labels?: Readonly<Record<string, string | undefined>> | undefined };

/** Maps of which every value is hidden: a Secret's, binary ones, and a release that Helm keeps in a ConfigMap. */
function hiddenFields({ kind, metadata }: KubernetesLike): readonly string[] {
  if (kind === 'Secret') return ['data', 'stringData'];
  if (kind !== 'ConfigMap') return [];
  return metadata?.labels?.owner === 'helm' ? ['data', 'binaryData'] : ['binaryData'];
}

const allHidden = (values: object, onRedaction: OnRedaction): object =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key, hide('secret', value, onRedaction)]));

function cleaned(value: unknown, key: string, onRedaction: OnRedaction): unknown {
  if (typeof value === 'string') return cleanedText(value, key, onRedaction);
  if (Array.isArray(value)) return cleanedList(value, key, onRedaction);
  return isRecord(value) ? cleanedRecord(value, onRedaction) : value;
}

/** The very same record where there is nothing to hide: nearly all of a cluster's objects is left as it is. */
function cleanedRecord(whole: Fields, onRedaction: OnRedaction): Fields {
  const value = lastApplied in whole ? without(lastApplied, whole) : whole;
  const paired = value.name ?? value.key;
  const secretPair = typeof value.value === 'string' && typeof paired === 'string' && looksSecret(paired);
  let result: Record<string, unknown> | undefined;
  for (const field of Object.keys(value)) {
    if (selecting.has(field)) continue;
    const item = value[field];
    const hidden = secretPair && field === 'value' && !isReference(item);
    const fieldValue: unknown = hidden ? hide('env', item, onRedaction) : cleaned(item, field, onRedaction);
    if (fieldValue === item) continue;
    result ??= { ...value };
    if (field === '__proto__') {
      // Assigning would set the prototype instead.
      Object.defineProperty(result, field, { value: fieldValue, enumerable: true });
    } else result[field] = fieldValue;
  }
  return result ?? value;
}

type Fields = Readonly<Record<string, unknown>>;

const isRecord = (value: unknown): value is Fields => typeof value === 'object' && value !== null;

const without = (name: string, value: Fields): Fields =>
  Object.fromEntries(Object.entries(value).filter(([field]) => field !== name));

/** Labels and what selects by them: compared, never secret. */
const selecting = new Set(['labels', 'matchLabels', 'selector', 'nodeSelector']);
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';
/** `$(OTHER)` names another variable; it is not its value. */
const isReference = (value: unknown): boolean => typeof value === 'string' && /^\$\([\w.-]+\)$/.test(value);

/** Characters of one text of an object; nobody reads on, and looking for secrets in megabytes takes seconds. */
const longestText = 131_072;

/** Not within a word: half of a secret looks like none. */
const bounded = (text: string): string =>
  text.length <= longestText
    ? text
    : `${text.slice(0, longestText).replace(/\S{0,4096}$/, '')}… (cut, of ${text.length} characters)`;

function cleanedText(whole: string, key: string, onRedaction: OnRedaction): string {
  const text = bounded(whole);
  if (harmless.has(key) || text === '') return text;
  if (wholeFiles.has(key) || (isSecretOf(key, text) && !isReference(text))) return hide('field', text, onRedaction);
  return redactText(text, onRedaction);
}

/** Keys whose value is nothing but credentials. */
const wholeFiles = new Set(['.dockerconfigjson', '.dockercfg', 'kubeconfig', '.netrc', '.pgpass', 'id_rsa']);

/** Arguments: the one after `--password` is a secret too. */
function cleanedList(list: readonly unknown[], key: string, onRedaction: OnRedaction): readonly unknown[] {
  const result = list.map((item, index) => {
    const before = list[index - 1];
    const flag = typeof before === 'string' && /^--?[\w.-]+$/.test(before) ? before : '';
    const value = typeof item === 'string' && !item.startsWith('-') && !isReference(item) ? item : '';
    return isSecretOf(flag, value) ? hide('argument', item, onRedaction) : cleaned(item, key, onRedaction);
  });
  return result.every((item, index) => item === list[index]) ? list : result;
}

function hide<T>(type: string, value: T, onRedaction: OnRedaction): T | string {
  if (typeof value !== 'string' || value === '' || value.startsWith(opening)) return value;
  onRedaction(type);
  return markerOf(type, value);
}
