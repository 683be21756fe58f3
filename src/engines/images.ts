import type { Pod } from './objects.ts';
import { unsettledPods } from './pod-groups.ts';
import { containersOf, isTerminating, type PodContainer } from './pods.ts';
import type { Snapshot } from './snapshot.ts';

/** Rules that name the cause of a failed pull. */
export type PullFailureRule =
  | 'image-rate-limited'
  | 'image-registry-tls'
  | 'image-registry-dns'
  | 'node-disk-pressure'
  | 'image-arch-mismatch'
  | 'image-repo-denied-ambiguous'
  | 'image-unauthorized'
  | 'image-tag-not-found'
  | 'image-registry-unreachable';

/**
 * First match wins, on the tail after the last `failed to …:`: containerd and CRI-O wrap the registry's words
 * differently, so a prefix is never matched.
 */
const patterns: readonly (readonly [RegExp, PullFailureRule])[] = [
  [/\b429\b|toomanyrequests|too many requests|pull rate limit/i, 'image-rate-limited'],
  [/x509:|HTTP response to HTTPS client|\btls:/i, 'image-registry-tls'],
  [/\blookup\b.*(no such host|server misbehaving|:53\b.*(timeout|refused))/i, 'image-registry-dns'],
  [/no space left/i, 'node-disk-pressure'],
  [/no match for platform/i, 'image-arch-mismatch'],
  [/repository does not exist or may require authorization/i, 'image-repo-denied-ambiguous'],
  [/\b401\b|\b403\b|unauthorized|denied|insufficient_scope|failed to authorize|no basic auth/i, 'image-unauthorized'],
  [/manifest unknown|not found|MANIFEST_UNKNOWN/i, 'image-tag-not-found'],
  [
    /connection refused|i\/o timeout|no route|\bEOF\b|\b5\d\d\b|proxyconnect|RegistryUnavailable|connection reset|deadline exceeded/i,
    'image-registry-unreachable',
  ],
];

/** Which rule a pull error belongs to; `undefined` when its words are not known. */
export function classifyPullError(message: string): PullFailureRule | undefined {
  const tail = message.slice(Math.max(0, message.search(/failed to [^:]*:(?!.*failed to [^:]*:)/i)));
  const match = (text: string) => patterns.find(([pattern]) => pattern.test(text))?.[1];
  return match(tail) ?? match(message);
}

export interface PullFailure {
  readonly pod: Pod;
  readonly container: PodContainer;
  readonly image: string;
  /** The runtime's words: the kubelet repeats the last real error in the back-off message, else from the Failed event. */
  readonly message: string;
  /** ISO 8601 of the event, when it is known. */
  readonly at: string | undefined;
  /** Where the message was found. */
  readonly source: 'status' | 'event';
  readonly rule: PullFailureRule | undefined;
}

const pullReasons = new Set(['ErrImagePull', 'ImagePullBackOff', 'RegistryUnavailable']);
const cache = new WeakMap<Snapshot, readonly PullFailure[]>();

/** Every container that waits for its image, with why. */
export function pullFailures(snapshot: Snapshot): readonly PullFailure[] {
  let failures = cache.get(snapshot);
  if (failures === undefined) {
    failures = unsettledPods(snapshot)
      .filter((pod) => !isTerminating(pod))
      .flatMap((pod) => containersOf(pod).flatMap((container) => failureOf(snapshot, pod, container)));
    cache.set(snapshot, failures);
  }
  return failures;
}

function failureOf(snapshot: Snapshot, pod: Pod, container: PodContainer): readonly PullFailure[] {
  const waiting = container.status?.state?.waiting;
  if (!pullReasons.has(waiting?.reason ?? '')) return [];
  const events = snapshot
    .eventsAbout(pod)
    .filter(
      ({ reason, message, container: about }) =>
        reason === 'Failed' && /pull/i.test(message) && (about ?? container.name) === container.name,
    );
  // In the same second the kubelet says `Error: ErrImagePull`, which tells nothing.
  const event = events.findLast(({ message }) => classifyPullError(message) !== undefined) ?? events.at(-1);
  const text = waiting?.message ?? '';
  const informative = classifyPullError(text) !== undefined || waiting?.reason === 'RegistryUnavailable';
  const source = informative || event === undefined ? 'status' : 'event';
  const message = source === 'status' ? text : (event?.message ?? '');
  const rule =
    classifyPullError(message) ??
    (waiting?.reason === 'RegistryUnavailable' ? 'image-registry-unreachable' : undefined);
  return [{ pod, container, image: container.spec.image ?? '', message, at: event?.at, source, rule }];
}

/** An image reference in its parts. `registry.example:5000/team/api:1.2@sha256:…` */
export interface ImageReference {
  /** `docker.io` when the reference names none. */
  readonly host: string;
  readonly repository: string;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
}

/** Splits a reference as containerd does (distribution/reference `ParseNormalizedNamed`); never throws. */
export function parseImage(reference: string): ImageReference {
  const [name = '', digest] = reference.split('@', 2);
  const slash = name.indexOf('/');
  const first = slash === -1 ? '' : name.slice(0, slash);
  const hasHost = first.includes('.') || first.includes(':') || first === 'localhost';
  const rest = hasHost ? name.slice(slash + 1) : name;
  const colon = rest.lastIndexOf(':');
  const tag = colon === -1 ? undefined : rest.slice(colon + 1);
  const path = colon === -1 ? rest : rest.slice(0, colon);
  const repository = !hasHost && !path.includes('/') ? `library/${path}` : path;
  return {
    host: hasHost ? first : 'docker.io',
    repository,
    tag: tag ?? (digest === undefined ? 'latest' : undefined),
    digest,
  };
}

const maximumWords = 300;

/**
 * The part of a runtime's message that the registry said, without the wrappers of kubelet and runtime; of a long one
 * the end, where the reason stands.
 */
export function registryWords(message: string): string {
  const words = message
    .replace(/^.*(?:Failed to pull image "[^"]*"|Back-off pulling image "[^"]*"):\s*/s, '')
    .replace(
      /^(?:ErrImagePull: |rpc error: code = \w+ desc = |failed to pull and unpack image "[^"]*": |failed to resolve reference "[^"]*": )+/,
      '',
    )
    .trim();
  const text = words === '' ? message : words;
  return text.length > maximumWords ? `…${text.slice(1 - maximumWords)}` : text;
}

const tagsByRepository = new WeakMap<Snapshot, ReadonlyMap<string, readonly string[]>>();

/** Tags that containers run with, by `host/repository`, in order of their names. */
export function tagsThatRun(snapshot: Snapshot): ReadonlyMap<string, readonly string[]> {
  let tags = tagsByRepository.get(snapshot);
  if (tags === undefined) {
    const running = new Set(snapshot.all('Pod').flatMap(runningImages));
    const parsed = Map.groupBy([...running].map(parseImage), ({ host, repository }) => `${host}/${repository}`);
    tags = new Map(
      [...parsed].map(([repository, images]) => [
        repository,
        [...new Set(images.flatMap(({ tag }) => tag ?? []))].toSorted(),
      ]),
    );
    tagsByRepository.set(snapshot, tags);
  }
  return tags;
}

const runningImages = (pod: Pod): readonly string[] =>
  containersOf(pod)
    .filter(({ init, status }) => !init && status?.state?.running !== undefined)
    .flatMap(({ spec }) => spec.image ?? []);
