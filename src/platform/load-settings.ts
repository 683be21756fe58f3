import {
  flagName,
  ownVariable,
  type Settings,
  settingFacts,
  settingsSchema,
  variableName,
  variablePrefix,
} from './config.ts';
import { AppError } from './errors.ts';
import { nearest } from './nearest.ts';

type Variables = Readonly<Record<string, string | undefined>>;

export interface SettingSources {
  /** By setting key, as commander gives them; win over everything. */
  readonly flags: Readonly<Record<string, string | boolean | undefined>>;
  /** `process.env`. */
  readonly environment: Variables;
  /** The content of `.env`. */
  readonly dotenv: Variables;
  /** Defaults of the command that differ from the setting's own. */
  readonly defaults?: Readonly<Record<string, string>>;
}

/** A value as it was found, and where: `--port`, `LOG_LEVEL`, `LOG_LEVEL in .env`. */
interface Found {
  readonly value: string;
  readonly where: string;
}

const keys = Object.keys(settingsSchema.shape);
const keysWith = (fact: 'plain' | 'secret'): ReadonlySet<string> =>
  new Set(
    Object.entries(settingsSchema.shape).flatMap(([key, schema]) => (settingFacts.get(schema)?.[fact] ? [key] : [])),
  );
const plainKeys = keysWith('plain');
const secretKeys = keysWith('secret');

/**
 * The settings in force: flag, variable, `.env`, default. Throws one `validation_error` whose message names every bad
 * value and every unknown `KUBEMEND_` name.
 */
export function loadSettings(sources: SettingSources): Settings {
  const found = new Map(keys.flatMap((key) => entryOf(key, find(key, sources))));
  const defaults = sources.defaults ?? {};
  const parsed = settingsSchema.safeParse({
    ...defaults,
    ...Object.fromEntries([...found].map(([key, { value }]) => [key, value])),
  });
  const problems = [
    ...(parsed.error?.issues ?? []).map(({ path, message }) =>
      badValue(found.get(String(path[0])), message, secretKeys.has(String(path[0]))),
    ),
    ...unknownNames(sources.environment, ''),
    ...unknownNames(sources.dotenv, ' in .env'),
    ...expectedSecrets(found).flatMap((pair) => missingSecret(pair, sources)),
  ];
  if (parsed.success && problems.length === 0) return parsed.data;
  throw new AppError('validation_error', `Bad settings:\n${problems.map((problem) => `  ${problem}`).join('\n')}`, {
    hint: 'kubemend serve --help lists every setting.',
    details: { problems },
  });
}

const entryOf = (key: string, found: Found | undefined): [string, Found][] =>
  found === undefined ? [] : [[key, found]];

function find(key: string, { flags, environment, dotenv }: SettingSources): Found | undefined {
  const given = secretKeys.has(key) ? undefined : flags[key];
  if (given !== undefined) return { value: `${given}`, where: `--${flagName(key)}` };
  return findVariable(key, environment, '') ?? findVariable(key, dotenv, ' in .env');
}

/** An empty variable counts as absent: that is how compose files and manifests leave one out. */
function findVariable(key: string, variables: Variables, suffix: string): Found | undefined {
  return namesOf(key)
    .flatMap((name) => [name, name.toLowerCase()])
    .map((name) => ({ value: (variables[name] ?? '').trim(), where: `${name}${suffix}`, name }))
    .find(({ name, value }) => value !== '' && !isServiceLink(name, value));
}

const namesOf = (key: string): readonly string[] => [
  ownVariable(key),
  ...(plainKeys.has(key) ? [variableName(key)] : []),
];

/** Also where other settings are bad: all that is wrong is said at once. */
const expectedSecrets = (found: ReadonlyMap<string, Found>): readonly string[] =>
  settingsSchema.shape.expectedSecrets.safeParse(found.get('expectedSecrets')?.value).data ?? [];

/** @param pair `REDIS_URL=kubemend`: the manifest of a pod takes the one from the other, if it is there. */
function missingSecret(pair: string, { environment, dotenv }: SettingSources): readonly string[] {
  const [variable = '', secret = ''] = pair.split('=');
  const given = (environment[variable] ?? dotenv[variable] ?? '').trim() !== '';
  return given ? [] : [`${variable} is not set: there is no Secret ${secret}, or it has no such key`];
}

const longestShown = 60;

function badValue(found: Found | undefined, message: string, secret: boolean): string {
  if (found === undefined) return message;
  // Whole, so that a secret in it is seen for what it is when this is told; or not at all.
  const shown = secret || found.value.length > longestShown ? '' : `: ${JSON.stringify(found.value)}`;
  return `${found.where}${shown} ${message}`;
}

function unknownNames(variables: Variables, suffix: string): readonly string[] {
  const known = keys.map(ownVariable);
  return Object.entries(variables)
    .filter(([name]) => name.startsWith(variablePrefix) || name.startsWith(variablePrefix.toLowerCase()))
    .filter(([name, value]) => !known.includes(name.toUpperCase()) && !isServiceLink(name, value ?? ''))
    .map(([name]) => {
      // The prefix is right anyway, and would make every name look near.
      const bare = known.map((setting) => setting.slice(variablePrefix.length));
      const [suggestion] = nearest(name.slice(variablePrefix.length), bare, 1);
      return `${name}${suffix}: there is no such setting${suggestion === undefined ? '' : `; did you mean ${variablePrefix}${suggestion}?`}`;
    });
}

/**
 * Kubernetes gives every pod variables about the Services of its namespace; for one that is called `kubemend` they
 * start with our prefix, and `KUBEMEND_PORT` even has our setting's name.
 * https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables
 */
const isServiceLink = (name: string, value: string): boolean =>
  /^KUBEMEND_(?:[A-Z0-9_]+_)?(?:SERVICE_(?:HOST|PORT(?:_.+)?)|PORT_\d+_(?:TCP|UDP|SCTP)(?:_.+)?)$/i.test(name) ||
  (/PORT$/i.test(name) && /^(?:tcp|udp|sctp):\/\//i.test(value));
