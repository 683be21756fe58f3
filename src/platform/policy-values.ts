import * as z from 'zod';
import { nearest } from './nearest.ts';

/** One of a closed set; whoever misspells it is told the nearest. */
export const oneOf = <const Values extends readonly [string, ...string[]]>(values: Values) =>
  z.enum(values, {
    error: ({ input }) => {
      const [suggestion] = typeof input === 'string' ? nearest(input, values, 1) : [];
      return `must be one of ${values.join(', ')}${suggestion === undefined ? '' : `; did you mean ${suggestion}?`}`;
    },
  });

// YAML reads true, 1 and 08 as something else than text, and says nothing.
const text = z.string('must be text: put it in quotes');

/** The name of a namespace (RFC 1123), or a part of one and `*`. */
export const namespacePattern = text
  .regex(/^[a-z0-9*](?:[-a-z0-9*]{0,61}[a-z0-9*])?$/, 'is no name of a namespace, and no pattern of one: shop, shop-*')
  .describe('A namespace, or a pattern in which `*` stands for any characters: `shop`, `shop-*`.');

const labelName = text
  .max(317, 'is longer than a label may be')
  .regex(
    /^(?:[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/,
    'is no name of a label',
  );
const labelValue = text.regex(
  /^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/,
  'is no value of a label; patterns are for namespaces only',
);
/** Names and values as Kubernetes allows them (apimachinery `validation.IsQualifiedName`, `IsValidLabelValue`). */
export const labels = z.record(labelName, labelValue);

const notATime = 'must be a time of day, HH:MM in quotes: "08:30"';
export const beginning = z.string(notATime).regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, notATime);
/** 24:00 as well, the end of the day. */
export const ending = z.string(notATime).regex(/^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/, notATime);

/** Of the IANA database, or an offset such as `+02:00`. */
export const timeZone = text.max(64).superRefine((zone, context) => {
  if (isTimeZone(zone)) return;
  const [suggestion] = nearest(zone, Intl.supportedValuesOf('timeZone'), 1);
  const message = `is no time zone that is known here${suggestion === undefined ? ': write Europe/Berlin, UTC' : `; did you mean ${suggestion}?`}`;
  context.addIssue({ code: 'custom', message });
});

function isTimeZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).format(0) !== '';
  } catch {
    // The only way in which Intl says no.
    return false;
  }
}

const notCpu = 'must be an amount of CPU, such as 32 or 500m';
const cpu = /^(?:\d{1,6}(?:\.\d{1,3})?|\d{1,9}m)$/;
/** As Kubernetes writes it, without `n`, `u` and powers, which nobody means. YAML reads `32` as a number. */
export const cpuAmount = z
  .union([z.string().regex(cpu), z.number().max(999_999)], notCpu)
  .transform(String)
  .refine((amount) => cpu.test(amount) && isPositive(amount), notCpu);

const notMemory = 'must be an amount of memory with its unit, such as 64Gi or 512Mi';
/** With a unit: a cap of 64 bytes is a unit that was forgotten, and `128m` are millibytes. */
export const memoryAmount = z
  .string(notMemory)
  .regex(/^\d{1,9}(?:\.\d{1,3})?(?:[KMGT]i|[kMGT])$/, notMemory)
  .refine((amount) => isPositive(amount), notMemory);

const isPositive = (amount: string): boolean => Number.parseFloat(amount) > 0;
