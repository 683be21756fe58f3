import { complaints } from './complaints.ts';
import { isCrashing, isMissed } from './crashes/crashing.ts';
import { type TellingEntry, tellingEntries } from './logs/telling.ts';
import { type ObjectRef, type Pod, refOf } from './objects.ts';
import { unsettledPods } from './pod-groups.ts';
import { containersOf, serviceAccountOf } from './pods.ts';
import type { Snapshot } from './snapshot.ts';

/** What the API server refused a ServiceAccount, in its own words. */
export interface Denial {
  readonly account: ObjectRef;
  readonly verb: string;
  /** Plural, with its subresource: `pods/log`. */
  readonly resource: string;
  /** Empty for the core group. */
  readonly group: string;
  /** Absent at the scope of the cluster. */
  readonly namespace: string | undefined;
}

const denied =
  /User "system:serviceaccount:([^:"]+):([^"]+)" cannot (\S+) resource "([^"]+)"(?: in API group "([^"]*)")?(?: in the namespace "([^"]+)"| at the cluster scope)?/;

/** Reads `User "system:serviceaccount:NS:SA" cannot VERB resource "R" in API group "G" in the namespace "N"` (apiserver `forbiddenMessage`). */
export function accessDenialIn(text: string): Denial | undefined {
  // A Status that is logged as JSON has its quotes escaped.
  const [, owner, name, verb, resource, group = '', namespace] = denied.exec(text.replaceAll('\\"', '"')) ?? [];
  if (owner === undefined || name === undefined || verb === undefined || resource === undefined) return undefined;
  return { account: { kind: 'ServiceAccount', namespace: owner, name }, verb, resource, group, namespace };
}

/** Resources that only Kubernetes calls so, with their API group: other servers answer 403 too. */
const groups: Readonly<Record<string, string>> = {
  pods: '',
  secrets: '',
  configmaps: '',
  nodes: '',
  namespaces: '',
  endpoints: '',
  serviceaccounts: '',
  persistentvolumeclaims: '',
  deployments: 'apps',
  statefulsets: 'apps',
  daemonsets: 'apps',
  replicasets: 'apps',
  cronjobs: 'batch',
  ingresses: 'networking.k8s.io',
};
const shortly = new RegExp(
  `\\b(?:cannot|can't|may not|failed to|unable to) (get|list|watch|create|update|patch|delete) (${Object.keys(groups).join('|')})\\b(?: in (?:the )?(?:namespace )?["']?([a-z0-9-]+))?[^\\n]*\\b(?:403|[Ff]orbidden)\\b`,
);

/** A program's own words for a denial: `cannot list pods in shop: HTTP 403`. It asked as its pod's ServiceAccount. */
function toldDenial(text: string, pod: Pod): Denial | undefined {
  // Most texts have none of these: then the long pattern is never compiled.
  const [, verb, resource, where] = (/403|forbidden/i.test(text) && shortly.exec(text)) || [];
  if (verb === undefined || resource === undefined) return undefined;
  const account = serviceAccountOf(pod);
  return { account, verb, resource, group: groups[resource] ?? '', namespace: where ?? account.namespace };
}

/** What client-go says that lists and watches, and was refused before: the refusal itself it logs elsewhere, or nowhere. */
const unsynced = /\b(?:failed to sync|cache to be synced for Kind) \*v\d\w*\.(\w+)/;
const synced: readonly string[] = [...Object.keys(groups), 'services'];

/** An informer that never got its list; whether the account lacks the right for it is to be recomputed. */
function informerDenial(text: string, pod: Pod): Denial | undefined {
  const kind = unsynced.exec(text)?.[1]?.toLowerCase();
  const resource = synced.find((each) => each === kind || each === `${kind}s` || each === `${kind}es`);
  if (resource === undefined) return undefined;
  const account = serviceAccountOf(pod);
  // It may look at its own namespace only: what is not allowed there is allowed nowhere.
  return { account, verb: 'list', resource, group: groups[resource] ?? '', namespace: account.namespace };
}

const denialIn = (text: string, pod: Pod): Denial | undefined =>
  accessDenialIn(text) ?? toldDenial(text, pod) ?? informerDenial(text, pod);

export interface DeniedPod {
  readonly pod: Pod;
  readonly container: string;
  readonly denial: Denial;
  readonly entry: TellingEntry;
}

/** Only what tells most in a log may be what the program fails for. */
const telling = 2;

/** Pods whose log says that the API server refused them something: they do not work, or say so all the time. */
export const deniedPods = (snapshot: Snapshot): readonly DeniedPod[] => [
  ...brokenByDenial(snapshot),
  ...complaints(snapshot).flatMap(({ pod, container, fault }) => {
    const [entry] = fault.tellings;
    const denial = fault.signature === 'rbac' ? denialIn(entry.entry.lines.join('\n'), pod) : undefined;
    return denial === undefined ? [] : [{ pod, container: container.name, denial, entry }];
  }),
];

const brokenByDenial = (snapshot: Snapshot): readonly DeniedPod[] =>
  unsettledPods(snapshot).flatMap((pod) =>
    containersOf(pod).flatMap((container) => {
      const { name, status } = container;
      if (!isMissed(snapshot, pod) || (status?.ready === true && !isCrashing(pod, container, snapshot.now))) return [];
      const logs = [false, true].flatMap((previous) => snapshot.log(refOf(pod), name, previous) ?? []);
      const found = logs.flatMap((log) =>
        tellingEntries(log)
          .slice(0, telling)
          .flatMap((entry) => {
            const denial = denialIn(entry.entry.lines.join('\n'), pod);
            return denial === undefined ? [] : [{ pod, container: name, denial, entry }];
          }),
      );
      return found.slice(0, 1);
    }),
  );
