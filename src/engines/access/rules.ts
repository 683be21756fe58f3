import type * as client from '@kubernetes/client-node';
import type { Raw } from '../objects.ts';
import type { AccessRequest, AccessTarget } from './request.ts';

export type PolicyRule = Raw<client.V1PolicyRule>;

const all = '*';

/** What keeps a rule from allowing a request; each of these alone does. */
export const gaps = ['verb', 'group', 'resource', 'subresource', 'name', 'url'] as const;
export type Gap = (typeof gaps)[number];

/** Everything that keeps a rule from allowing a request; nothing when it allows it (rbac/v1 `evaluation_helpers.go`). */
export function gapsOf(rule: PolicyRule, { verb, target }: AccessRequest): readonly Gap[] {
  const verbGap: readonly Gap[] = has(rule.verbs, verb) ? [] : ['verb'];
  return [...verbGap, ...('path' in target ? urlGap(rule, target.path) : resourceGaps(rule, target))];
}

const has = (list: readonly string[] | undefined, wanted: string): boolean =>
  list?.some((each) => each === all || each === wanted) ?? false;

/** A star stands only at the end of a URL, for whatever follows. */
const urlGap = ({ nonResourceURLs = [] }: PolicyRule, path: string): readonly Gap[] =>
  nonResourceURLs.some(
    (url) => url === all || url === path || (url.endsWith(all) && path.startsWith(url.replace(/\*+$/, ''))),
  )
    ? []
    : ['url'];

function resourceGaps(rule: PolicyRule, target: Exclude<AccessTarget, { path: string }>): readonly Gap[] {
  const { group, resource, subresource, name } = target;
  const { resourceNames = [] } = rule;
  return [
    ...(has(rule.apiGroups, group) ? [] : (['group'] as const)),
    ...resourceGap(rule.resources ?? [], resource, subresource),
    // Without a name in the request, as in create and list, a rule with names never allows it.
    ...(resourceNames.length === 0 || (name !== undefined && resourceNames.includes(name)) ? [] : (['name'] as const)),
  ];
}

const combinedName = ({ resource, subresource }: { resource: string; subresource?: string | undefined }): string =>
  subresource === undefined ? resource : `${resource}/${subresource}`;

// A star is everything, with a subresource behind it that of everything; a resource does not include its subresources.
function resourceGap(resources: readonly string[], resource: string, subresource: string | undefined): readonly Gap[] {
  const combined = combinedName({ resource, subresource });
  if (resources.some((each) => each === all || each === combined)) return [];
  if (subresource !== undefined && resources.includes(`*/${subresource}`)) return [];
  return resources.some((each) => each.split('/')[0] === resource) ? ['subresource'] : ['resource'];
}

/** Whether a rule has a star where the request has a word: it allows more than was asked for. */
export const isBroad = ({ verbs = [], resources = [], apiGroups = [] }: PolicyRule): boolean =>
  [verbs, resources, apiGroups].some((list) => list.includes(all));

/** The same rule with the words first that are about the request: long rules are cut when they are shown. */
export function focused(rule: PolicyRule, { verb, target }: AccessRequest): PolicyRule {
  const { verbs = [], resources, nonResourceURLs } = rule;
  const meant = 'path' in target ? target.path : combinedName(target);
  const isMeant = (word: string) => word === meant;
  return {
    ...rule,
    verbs: firstThose(verbs, (each) => each === verb),
    ...(resources !== undefined && { resources: firstThose(resources, isMeant) }),
    ...(nonResourceURLs !== undefined && { nonResourceURLs: firstThose(nonResourceURLs, isMeant) }),
  };
}

const firstThose = (words: readonly string[], wanted: (word: string) => boolean): readonly string[] =>
  words.toSorted((a, b) => Number(wanted(b)) - Number(wanted(a)));

const shownWords = 4;

/** `get, list pods, pods/log`; names of objects when it is limited to some. */
export function describeRule({ verbs = [], resources = [], resourceNames = [], nonResourceURLs = [] }: PolicyRule) {
  const named = resourceNames.length === 0 ? '' : ` named ${some(resourceNames)}`;
  return `${some(verbs)} ${some([...resources, ...nonResourceURLs])}${named}`;
}

const some = (words: readonly string[]): string =>
  words.length <= shownWords
    ? words.join(', ')
    : `${words.slice(0, shownWords).join(', ')} and ${words.length - shownWords} more`;
