import { nearest } from '../platform/nearest.ts';
import { type PullFailure, parseImage, pullFailures } from './images.ts';
import type { ObjectRef } from './objects.ts';
import type { Snapshot } from './snapshot.ts';

/** Why the credentials that a pod names do not help its pull. */
export interface PullSecretFault {
  readonly secret: ObjectRef;
  /** What is wrong with the Secret, as the rest of a sentence about it. */
  readonly fault: string;
  /** An existing Secret that may be meant. */
  readonly instead: string | undefined;
  readonly certainty: 'declared' | 'recomputed' | 'message';
}

const dockerKeys: Readonly<Record<string, string>> = {
  'kubernetes.io/dockerconfigjson': '.dockerconfigjson',
  'kubernetes.io/dockercfg': '.dockercfg',
};

/** Pulls that a registry refused for lack of rights. */
export const refusedPulls = (snapshot: Snapshot): readonly PullFailure[] =>
  pullFailures(snapshot).filter(({ rule }) => rule === 'image-unauthorized' || rule === 'image-repo-denied-ambiguous');

/** The runtime had nothing to offer for this host (containerd; docker and CRI-O in other words). */
const anonymous = /anonymous token|no basic auth credentials|no auth credentials/i;

/** The Secrets that a pod names for its pulls; those of its ServiceAccount were copied into it when it was created. */
export const pullSecretsOf = ({ pod }: PullFailure): readonly string[] =>
  (pod.spec?.imagePullSecrets ?? []).flatMap(({ name }) => name ?? []);

/**
 * The first named Secret that is absent, of the wrong type, or without an entry for the registry's host. Values of
 * Secrets are not in a snapshot: that there is no entry follows from a pull that was tried without credentials.
 */
export function pullSecretFault(snapshot: Snapshot, failure: PullFailure): PullSecretFault | undefined {
  const names = pullSecretsOf(failure);
  const faults = names.flatMap((name) => faultOf(snapshot, failure, name) ?? []);
  if (faults[0] !== undefined) return faults[0];
  const [name] = names;
  if (name === undefined || !anonymous.test(failure.message)) return undefined;
  return {
    secret: { kind: 'Secret', namespace: failure.pod.metadata.namespace, name },
    fault: `has no entry for ${parseImage(failure.image).host}`,
    instead: undefined,
    certainty: 'message',
  };
}

function faultOf(snapshot: Snapshot, failure: PullFailure, name: string): PullSecretFault | undefined {
  const { namespace } = failure.pod.metadata;
  const secret = { kind: 'Secret', namespace, name };
  const presence = snapshot.presence('Secret', namespace, name);
  const reported = snapshot
    .eventsAbout(failure.pod)
    .some(({ reason, message }) => reason === 'FailedToRetrieveImagePullSecret' && namesIn(message).includes(name));
  if (presence === 'absent' || (presence === 'unknown' && reported)) {
    const instead = nearest(name, snapshot.names('Secret', namespace), 1)[0];
    return { secret, fault: 'does not exist', instead, certainty: presence === 'absent' ? 'recomputed' : 'message' };
  }
  const whole = snapshot.find('Secret', namespace, name);
  if (whole === undefined) return undefined;
  const key = dockerKeys[whole.type ?? 'Opaque'];
  const base = { secret, instead: undefined, certainty: 'declared' } as const;
  if (key === undefined) {
    return { ...base, fault: `is of type ${whole.type ?? 'Opaque'} instead of kubernetes.io/dockerconfigjson` };
  }
  return whole.data !== undefined && whole.data[key] === undefined
    ? { ...base, fault: `has no key ${key}` }
    : undefined;
}

/** `Unable to retrieve some image pull secrets (a, b); attempting to pull the image may not succeed.` */
const namesIn = (message: string): readonly string[] => /\(([^)]*)\)/.exec(message)?.[1]?.split(/,\s*/) ?? [];
