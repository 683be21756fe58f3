import { nameOf, type Pod, refOf } from '../objects.ts';
import { type PodContainer, serviceAccountOf } from '../pods.ts';
import type { CrashGap } from './crash-gap.ts';

const tokenFolder = '/var/run/secrets/kubernetes.io/serviceaccount';
const missingFile = /no such file|ENOENT|FileNotFound|not found|does not exist|cannot open|can't open/i;

/** What kubectl and other clients of the API say that find no token: they then ask for an API on their own host. */
const withoutConfig = /\blocalhost:8080\b.*\brefused\b/i;

/** The token of the ServiceAccount, which a program looks for and its pod does not mount. */
export function tokenGap(pod: Pod, { name, spec }: PodContainer, text: string): CrashGap | undefined {
  const isMissed = (text.includes(tokenFolder) && missingFile.test(text)) || isApiClient(text, spec.image);
  if (!isMissed) return undefined;
  if (spec.volumeMounts?.some(({ mountPath }) => mountPath === tokenFolder) === true) return undefined;
  const isOff = pod.spec?.automountServiceAccountToken === false;
  const account = nameOf(serviceAccountOf(pod));
  const says = isOff
    ? 'automountServiceAccountToken is false, so it has no token'
    : `no token is mounted: automountServiceAccountToken is false in ${account}`;
  return {
    says,
    evidence: [{ object: refOf(pod), source: 'spec', text: `container ${name} mounts nothing at ${tokenFolder}` }],
    fixes: [
      {
        advice: 'set automountServiceAccountToken to true in the pod template',
        reason: `the program talks to the API server as ${account}`,
      },
    ],
  };
}

/** A connection to port 8080 of itself, of a program that asks the API server: its words or its image tell. */
const isApiClient = (text: string, image = ''): boolean =>
  withoutConfig.test(text) &&
  (/did you specify the right host|server API group|\/apis?\b/i.test(text) || /kubectl/i.test(image));
