import { configuredTexts } from '../configured.ts';
import { type Pod, refOf } from '../objects.ts';
import { specPath } from '../pods.ts';
import type { Snapshot } from '../snapshot.ts';
import type { CrashGap } from './crash-gap.ts';
import type { Where } from './expansion-gap.ts';

/** execve(2): one string of the arguments or the environment holds 32 pages (`MAX_ARG_STRLEN`). */
const longestString = 131_072;
/** All of them together hold a quarter of the stack, which is 8 MiB by default. */
const longestTogether = 2_097_152;
/** Each Service of the namespace adds that many variables (kubelet `envvars.FromServices`). */
const variablesPerService = 7;
const manyServices = 500;

const tooLong = /\b(?:argument|arg) list too long\b|\bE2BIG\b/i;
const kibibytes = (bytes: number): string => `${Math.ceil(bytes / 1024)} KiB`;

/** What makes the environment of a container larger than the kernel takes. */
export function environmentGap(snapshot: Snapshot, { pod, container }: Where, text: string): CrashGap | undefined {
  if (!tooLong.test(text)) return undefined;
  const { env = [] } = container.spec;
  const values = [
    ...env.flatMap(({ name, value }) =>
      value === undefined ? [] : [{ variable: name, field: `${specPath(container)}.env[${name}]`, text: value }],
    ),
    ...configuredTexts(snapshot, { pod, container }).filter(({ variable }) => variable !== undefined),
  ].map((each) => ({ ...each, size: Buffer.byteLength(each.text) }));
  const largest = values.toSorted((a, b) => b.size - a.size)[0];
  const together = values.reduce((sum, { size }) => sum + size, 0);
  if (largest === undefined || (largest.size < longestString && together < longestTogether))
    return servicesGap(snapshot, pod);
  const says =
    largest.size < longestString
      ? `its environment has ${kibibytes(together)}, and the kernel takes ${kibibytes(longestTogether)}`
      : `variable ${largest.variable} has ${kibibytes(largest.size)} (${largest.field}), and the kernel takes ${kibibytes(longestString)} for one`;
  return {
    says,
    evidence: [{ object: refOf(pod), source: 'recomputed', text: says }],
    fixes: [
      {
        advice: `mount ${largest.field} as a file instead of taking it as a variable of container ${container.name}`,
        reason: 'files have no such limit',
      },
    ],
  };
}

/** Variables of Services are many small ones. */
function servicesGap(snapshot: Snapshot, pod: Pod): CrashGap | undefined {
  const services = snapshot.all('Service', pod.metadata.namespace).length;
  if (pod.spec?.enableServiceLinks === false || services < manyServices) return undefined;
  const says = `enableServiceLinks gives it ${variablesPerService} variables for each of the ${services} Services of the namespace`;
  return {
    says,
    evidence: [{ object: refOf(pod), source: 'recomputed', text: says }],
    fixes: [
      {
        advice: 'set enableServiceLinks to false in the pod template',
        reason: 'the names of Services are in DNS anyway',
      },
    ],
  };
}
