import { configuredTexts } from '../configured.ts';
import { pathIn } from '../file-paths.ts';
import { isFolder, mountOf, variableLink } from '../log-links.ts';
import { nameOf, refOf } from '../objects.ts';
import type { Snapshot } from '../snapshot.ts';
import type { CrashGap } from './crash-gap.ts';
import { expansionGap, type Setting, type Where } from './expansion-gap.ts';

/**
 * Finds the setting that a complaint is about: a `$(NAME)` that stayed as it is, the value or the argument that it
 * quotes, the variable that its words name, or the file of a ConfigMap or Secret.
 */
export const settingGap = (snapshot: Snapshot, where: Where, text: string): CrashGap | undefined =>
  expansionGap(where, text) ??
  wrappedGap(snapshot, where, text) ??
  quotedGap(snapshot, where, text) ??
  flagGap(where, text) ??
  headerGap(where, text) ??
  namedGap(where, text) ??
  fileSourceGap(where, text);

function settingsOf(snapshot: Snapshot, where: Where): readonly Setting[] {
  const literal = (where.container.spec.env ?? []).flatMap(({ name, value }) =>
    value === undefined || value === '' ? [] : [{ at: `env[${name}]`, value }],
  );
  const configured = configuredTexts(snapshot, where).flatMap(({ field, variable, text }) =>
    variable === undefined ? [] : [{ at: field, value: text }],
  );
  return [...literal, ...configured];
}

const maximumValue = 200;

/** A value with quotation marks or blanks around it, which belong to it and were not meant to. */
function wrappedGap(snapshot: Snapshot, where: Where, text: string): CrashGap | undefined {
  const found = [...settingsOf(snapshot, where), ...argumentsOf(where)].find(({ value }) => {
    const inner = innerOf(value);
    return value.length <= maximumValue && inner !== value && inner.length > 2 && text.includes(inner);
  });
  if (found === undefined) return undefined;
  const what = /^\s|\s$/.test(found.value) ? 'a blank or a line break at its end' : 'quotation marks of its own';
  return gapOf(where, `the value in ${found.at} has ${what}`, {
    advice: `take them out of the value in ${found.at}`,
    reason: 'whatever stands in the value, the program gets',
  });
}

/** What stands behind the `=` of arguments, which no shell takes apart. */
const argumentsOf = ({ container: { spec, name } }: Where): readonly Setting[] =>
  (spec.args ?? []).flatMap((each) => {
    const [, flag, value] = /^(-{1,2}[\w.-]+)=(.+)$/s.exec(each) ?? [];
    return flag === undefined || value === undefined ? [] : [{ at: `args[${flag}] of container ${name}`, value }];
  });

const innerOf = (value: string): string => {
  const trimmed = value.trim();
  return /^(["']).+\1$/s.test(trimmed) && !/\s/.test(trimmed) ? trimmed.slice(1, -1) : trimmed;
};

/** A name that is quoted for being out of reach, or for being refused, may be the right one. */
const aboutOthers =
  /\b(?:connect\w*|reach|resolve|lookup|dial|host|refused|time[ds]? ?out|denied|forbidden|auth\w*|unavailable)\b/i;

const quotation = /\\?(["'`])([^"'`\\\n]{2,80})\\?\1/g;

/** The one setting whose whole value the complaint quotes. */
function quotedGap(snapshot: Snapshot, where: Where, text: string): CrashGap | undefined {
  if (aboutOthers.test(text.replaceAll(quotation, ' '))) return undefined;
  const quoted = new Set([...text.matchAll(quotation)].map(([, , word = '']) => word));
  const [only, ...others] = settingsOf(snapshot, where).filter(({ value }) => quoted.has(value));
  if (only === undefined || others.length > 0) return quotedPart(snapshot, where, quoted);
  const what = only.value.length > longValue ? 'that value' : only.value;
  return gapOf(where, `${what} is the value in ${only.at}`, {
    advice: `correct the value in ${only.at}`,
    reason: 'the program quotes it',
  });
}

const longValue = 40;
/** Shorter words stand in many places by chance. */
const tellingWord = 8;

/** The one variable or file of a ConfigMap in which a quoted word stands. */
function quotedPart(snapshot: Snapshot, where: Where, quoted: ReadonlySet<string>): CrashGap | undefined {
  const argument = quotedArgument(where, quoted);
  if (argument !== undefined) return argument;
  const files = configuredTexts(snapshot, where).flatMap(({ field, variable, text }) =>
    variable === undefined ? [{ at: field, value: text }] : [],
  );
  const places = [...settingsOf(snapshot, where), ...files];
  for (const word of quoted) {
    if (word.length < tellingWord || word.startsWith('/')) continue;
    const [only, ...others] = places.filter(({ value }) => value.includes(word));
    if (only === undefined || others.length > 0) continue;
    return gapOf(where, `${word} stands in ${only.at}`, {
      advice: `correct it in ${only.at}`,
      reason: 'the program quotes it',
    });
  }
  return undefined;
}

/** An argument of which a quoted word is a part, such as `mian:app`; a script for a shell is none. */
function quotedArgument(where: Where, quoted: ReadonlySet<string>): CrashGap | undefined {
  const { name, args = [], command = [] } = where.container.spec;
  const found = [...args, ...command.slice(1)].find(
    (each) =>
      !/\s/.test(each) &&
      each.split(/[=:,/]/).some((part) => part.length > 2 && (quoted.has(part) || quoted.has(part.replace(/^-+/, '')))),
  );
  if (found === undefined) return undefined;
  const at = `${args.includes(found) ? 'args' : 'command'} of container ${name}`;
  return gapOf(where, `${found} stands in ${at}`, { advice: `correct it in ${at}`, reason: 'the program quotes it' });
}

/** Words for an option that a program does not know. */
const unknownOption =
  /\b(?:flag provided but not defined|unknown (?:shorthand )?(?:flag|option|argument|command)|unrecogni[sz]ed (?:option|argument|flag|VM option)|no such option|invalid (?:option|flag|argument)|unexpected (?:argument|option)|bad option|field not found)\b/i;

/** The argument of the container that a program does not know. */
function flagGap(where: Where, text: string): CrashGap | undefined {
  if (!unknownOption.test(text)) return undefined;
  const { spec } = where.container;
  const node = /\bfield not found, node: ([\w-]+)/.exec(text)?.[1];
  const words = [...text.matchAll(/(?<![\w.-])(-{0,2}[A-Za-z][\w.-]{2,})/g)].map(([word]) => word.replace(/\.+$/, ''));
  const isNamed = (argument: string): boolean => {
    const option = argument.split(/[=\s]/)[0] ?? '';
    const parts = option.replace(/^-+/, '').split('.');
    // Traefik names the node of the tree that it does not have.
    return words.some((word) => word === option || word === parts[0] || (word === node && word === parts.at(-1)));
  };
  const found = [
    ...(spec.args ?? []).map((value) => ({ at: 'args', value })),
    ...(spec.command ?? []).slice(1).map((value) => ({ at: 'command', value })),
  ].find(({ value }) => value.startsWith('-') && isNamed(value));
  if (found === undefined) return undefined;
  const [option, ...values] = found.value.trim().split(/\s+/);
  if (values.length > 0) {
    return gapOf(where, `"${found.value}" is one of ${found.at} of container ${where.container.name}, blank and all`, {
      advice: `write ${option} and ${values.join(' ')} as two items of ${found.at}, or ${option}=${values.join(' ')} as one`,
      reason: 'no shell takes an item apart, so the program looks for an option with a blank in its name',
    });
  }
  return gapOf(where, `${found.value.split('=')[0]} stands in ${found.at} of container ${where.container.name}`, {
    advice: `correct or remove it in ${found.at} of container ${where.container.name}`,
    reason: 'the program of this image does not know it',
  });
}

/** What HTTP clients say of a header with a line break in it (Go, Node.js, Python). */
const badHeader =
  /invalid header field value|Invalid character in header content|ERR_INVALID_CHAR|Invalid (?:leading whitespace, reserved character\(s\), or return character\(s\) in )?header value/i;

function headerGap(where: Where, text: string): CrashGap | undefined {
  if (!badHeader.test(text)) return undefined;
  const secrets = (where.container.spec.env ?? []).flatMap(({ name = '', valueFrom }) =>
    valueFrom?.secretKeyRef === undefined ? [] : [name],
  );
  const [only, ...others] = secrets;
  const link = only === undefined || others.length > 0 ? undefined : variableLink(where, only);
  const from = link === undefined ? '' : `; ${link.says}`;
  return gapOf(where, `a header cannot have a line break, and a value from a Secret often ends with one${from}`, {
    advice: `store ${link?.object === undefined ? 'the value' : nameOf(link.object)} without a line break at its end (echo -n)`,
    reason: 'the program sends the value as it is',
  });
}

const minimumName = 8;
const plainWords = (text: string): string => text.toLowerCase().replaceAll(/[^a-z0-9]/g, '');

/** The one variable from a Secret or ConfigMap that the words name: `Fernet key` is AIRFLOW__CORE__FERNET_KEY. */
function namedGap(where: Where, text: string): CrashGap | undefined {
  const said = plainWords(text);
  const named = (where.container.spec.env ?? []).filter(({ name = '', valueFrom }) => {
    const last = plainWords(name.split('_').filter(Boolean).slice(-2).join(''));
    return valueFrom !== undefined && last.length >= minimumName && said.includes(last);
  });
  const [only, ...others] = named;
  const link = only === undefined || others.length > 0 ? undefined : variableLink(where, only.name ?? '');
  if (link?.object === undefined) return undefined;
  return gapOf(where, link.says, {
    advice: `correct the value of ${link.word} in ${nameOf(link.object)}`,
    reason: 'the program complains about what it is given there',
  });
}

/** The ConfigMap or Secret behind a file that the complaint names. */
function fileSourceGap(where: Where, text: string): CrashGap | undefined {
  // Of a file that is not there, or may not be used, other words are said.
  if (/no such file|ENOENT|FileNotFound|does not exist|read-only file ?system|EROFS|not permitted/i.test(text))
    return undefined;
  const path = pathIn(text)?.replace(/:\d+\]?$/, '');
  const mount = path === undefined ? undefined : mountOf(where.container, path);
  const volume = where.pod.spec?.volumes?.find(({ name }) => name === mount?.name);
  const name = volume?.configMap?.name ?? volume?.secret?.secretName;
  if (path === undefined || mount === undefined || name === undefined) return undefined;
  if (isFolder(path, mount)) return undefined;
  const key = mount.subPath ?? path.split('/').at(-1);
  const object = `${volume?.configMap === undefined ? 'Secret' : 'ConfigMap'}/${name}`;
  if (/\bnot a directory\b|\bENOTDIR\b/i.test(text)) {
    return gapOf(where, `${path} is one file, key ${key} of ${object}, and no directory`, {
      advice: `give the program a directory: mount all of ${object} at one, without subPath, or name the folder above`,
      reason: 'the program wants to list what is in it',
    });
  }
  return gapOf(where, `${path} is key ${key} of ${object}`, {
    advice: `correct key ${key} of ${object}`,
    reason: 'the program complains about that file',
  });
}

const gapOf = ({ pod, container }: Where, says: string, fix: CrashGap['fixes'][number]): CrashGap => ({
  says,
  evidence: [{ object: refOf(pod), source: 'spec', text: `container ${container.name}: ${says}` }],
  fixes: [fix],
});
