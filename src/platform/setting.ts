import * as z from 'zod';

// Compiling a parser per schema, which zod does at its first use, costs more at start-up than it ever earns back here.
z.config({ jitless: true });

/** What is to be known about a setting besides its schema; flags, help and docs/configuration.md derive from it. */
export interface SettingFacts {
  readonly group: 'Logging' | 'Kubernetes' | 'Calls' | 'Healing' | 'HTTP service';
  readonly description: string;
  /** What stands for the value in help; absent for switches. */
  readonly value?: string;
  /** Whether every command has the flag, or only `serve`. */
  readonly commands: 'all' | 'serve';
  /** Also read without the `KUBEMEND_` prefix (docs/configuration.md). */
  readonly plain?: true;
  /** Has no flag, which everybody on the machine could read, and its value is never shown. */
  readonly secret?: true;
}

/** A description for places that show no Markdown. */
export const plainDescription = ({ description }: Pick<SettingFacts, 'description'>): string =>
  description.replaceAll('`', '');

/** The facts of every setting in {@link settingsSchema}, by its schema. */
export const settingFacts = z.registry<SettingFacts>();

export const setting = <Schema extends z.ZodType>(schema: Schema, facts: SettingFacts): Schema => {
  settingFacts.add(schema, facts);
  return schema;
};

// Every source gives strings: one way to read a value, wherever it comes from. What settings share is made once, for
// every start pays for every schema.
export const text = z.string();
const switched = z.stringbool({ error: 'must be true or false' });
const number = text.transform((value) => (/^\d{1,9}$/.test(value) ? Number(value) : Number.NaN));
export const flag = (byDefault: boolean) => switched.default(byDefault);
export const list = text.transform((value) =>
  value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== ''),
);
export const whole = (minimum: number, maximum: number) => {
  const error = `must be a whole number from ${minimum} to ${maximum}`;
  return number.refine((value) => value >= minimum && value <= maximum, error);
};
export const choice = <Values extends readonly [string, ...string[]]>(
  values: Values,
  meant: (value: string) => string,
) => text.transform(meant).pipe(z.enum(values, `must be one of ${values.join(', ')}`));
/** For choices that may be written in any case. */
export const lower = (value: string): string => value.toLowerCase();
