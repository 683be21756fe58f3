import { type CreationFailure, creationFailures } from '../../../admission.ts';
import { nameOf, type ObjectRef } from '../../../objects.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { targetOf } from '../../heal-fixes.ts';
import { defineRule, type Finding } from '../../rule.ts';

export const resourcePolicyViolation = defineRule({
  id: 'resource-policy-violation',
  title: 'The namespace demands other requests or limits',
  area: 'namespace',
  class: 'cause',
  severity: 'medium',
  meaning:
    'The API server refuses to create pods, because their requests or limits are missing or outside the allowed range.',
  detection:
    'A controller failed with `failed quota: Q: must specify …` (a ResourceQuota counts what the containers do not ' +
    'state), or with the words of a LimitRange: maximum, minimum, or ratio of limit to request; the LimitRange that has ' +
    'this bound is looked for, and confirms it.',
  remedies: [
    'Set the requests or limits that are asked for in the pod template.',
    'Ask the owner of the namespace about the range.',
  ],
  avoid: ['editing the ResourceQuota or LimitRange without asking: it holds for every workload of the namespace'],

  check: (snapshot) => creationFailures(snapshot).flatMap((failure) => findingOf(snapshot, failure)),
});

interface Violation {
  /** What the object itself says, when it was read. */
  readonly stated?: string | undefined;
  readonly problem: string;
  readonly culprit: ObjectRef | undefined;
  readonly advice: string;
}

function findingOf(snapshot: Snapshot, failure: CreationFailure): readonly Finding[] {
  const violation = unspecified(failure) ?? outOfRange(snapshot, failure) ?? aboveDefault(snapshot, failure);
  if (violation === undefined) return [];
  const { owner, controller, message, at, source, since } = failure;
  const { culprit, stated } = violation;
  return [
    {
      subject: owner,
      problem: `cannot create pods: ${violation.problem}`,
      culprit,
      certainty: stated === undefined ? 'message' : 'declared',
      evidence: [
        { object: controller, source, text: message, at },
        ...(stated === undefined || culprit === undefined
          ? []
          : [{ object: culprit, source: 'spec' as const, text: stated }]),
      ],
      since,
      fixes: [
        { advice: violation.advice, reason: 'pods are created as soon as the template complies' },
        {
          advice: 'ask the owner of the namespace whether the demand is right',
          reason: 'it holds for every workload there',
        },
      ],
    },
  ];
}

/** `failed quota: Q: must specify limits.cpu for: app; limits.memory for: app,proxy`; older servers list resources only. */
function unspecified({ owner, reason }: CreationFailure): Violation | undefined {
  const match = /failed quota: ([^:\s]+): must specify (.+)$/s.exec(reason);
  if (match === null) return undefined;
  const [, quota = '', list = ''] = match;
  const demands = list.split(/;\s*|,(?=\w+\.)/).map((part) => {
    const [resource = '', containers] = part.split(/ for: ?/);
    return { resource: resource.trim(), containers: containers?.trim() };
  });
  const containers = [...new Set(demands.flatMap(({ containers: names }) => names?.split(',') ?? []))];
  const resources = demands.map(({ resource }) => resource);
  const culprit: ObjectRef = { kind: 'ResourceQuota', namespace: owner.namespace, name: quota };
  const where =
    containers.length === 0
      ? 'its containers do'
      : `${containers.length === 1 ? 'container' : 'containers'} ${containers.join(', ')} ${containers.length === 1 ? 'does' : 'do'}`;
  return {
    problem: `${nameOf(culprit)} demands ${resources.join(' and ')}, which ${where} not set`,
    culprit,
    // The template of a Job cannot be changed.
    advice:
      owner.kind === 'Job'
        ? `delete ${nameOf(owner)}, and create it anew with ${resources.join(', ')} set in ${containers.length === 0 ? 'its containers' : `container ${containers.join(', ')}`}`
        : `kubectl set resources ${targetOf(owner)} -n ${owner.namespace}${containers[0] === undefined ? '' : ` -c ${containers.join(',')}`} ${flagsFor(resources)}`,
  };
}

/** The flags of `kubectl set resources` with a blank for each amount. */
function flagsFor(resources: readonly string[]): string {
  const of = (side: string): string => {
    const names = resources.flatMap((resource) => {
      const [before, ...rest] = resource.split('.');
      const own = rest.length === 0 ? 'requests' : before;
      return own === side ? [rest.length === 0 ? resource : rest.join('.')] : [];
    });
    return names.length === 0 ? '' : `--${side}=${names.map((name) => `${name}=…`).join(',')}`;
  };
  return [of('requests'), of('limits')].filter((flag) => flag !== '').join(' ');
}

const ranges: readonly RegExp[] = [
  /(?<bound>maximum|minimum) (?<resource>\S+) usage per (?<type>\w+) is (?<limit>[^,\s]+), but (?<side>limit|request) is (?<value>[^,\s\]]+)/,
  /(?<bound>maximum|minimum) (?<resource>\S+) usage per (?<type>\w+) is (?<limit>[^,\s]+)[.,]\s+No (?<side>limit|request) is specified/,
  /(?<resource>\S+) max limit to request ratio per (?<type>\w+) is (?<limit>[^,\s]+), but (?:provided ratio is (?<value>[^,\s\]]+)|no (?<side>limit|request) is specified)/i,
];

const sides: Readonly<Record<string, string>> = { maximum: 'max', minimum: 'min' };

function outOfRange(snapshot: Snapshot, { owner, reason }: CreationFailure): Violation | undefined {
  const groups = ranges.map((range) => range.exec(reason)?.groups).find((each) => each !== undefined);
  if (groups === undefined) return undefined;
  const { bound = 'maxLimitRequestRatio', resource = '', type = '', limit = '', value, side = 'ratio' } = groups;
  const range = rangeWith(snapshot, owner, { type, bound, resource, limit });
  const name = range === undefined ? "the namespace's LimitRange" : nameOf(range);
  const what = side === 'ratio' ? 'ratio of limit to request' : side;
  const allowed = `a ${resource} ${what} of ${bound === 'minimum' ? 'at least' : 'at most'} ${limit} per ${type}`;
  const actual = value === undefined ? 'and none is set' : `not ${value.replace(/\.0+$/, '')}`;
  return {
    problem: `${name} allows ${allowed}, ${actual}`,
    culprit: range,
    stated: range && `spec.limits has ${type} ${sides[bound] ?? bound}.${resource} ${limit}`,
    advice: `set ${allowed} in the pod template of ${nameOf(owner)}`,
  };
}

const aboveLimit =
  /spec\.(?:init)?[cC]ontainers\[\d+\]\.resources\.requests: Invalid value: "(?<request>[^"]+)": must be less than or equal to (?<resource>\S+) limit of (?<limit>[^\s"]+)/;

/** A request above the limit that a LimitRange gives to containers without one: the API server checks what both make. */
function aboveDefault(snapshot: Snapshot, { owner, reason }: CreationFailure): Violation | undefined {
  const { request, resource = '', limit = '' } = aboveLimit.exec(reason)?.groups ?? {};
  if (request === undefined) return undefined;
  const found = snapshot
    .all('LimitRange', owner.namespace)
    .find(({ spec }) => spec?.limits?.some((item) => item.type === 'Container' && item.default?.[resource] === limit));
  if (found === undefined) return undefined;
  const culprit: ObjectRef = { kind: 'LimitRange', namespace: owner.namespace, name: found.metadata.name };
  return {
    problem: `${nameOf(culprit)} gives containers without a limit a ${resource} limit of ${limit} by default, which is below their request of ${request}`,
    culprit,
    stated: `spec.limits has Container default.${resource} ${limit}`,
    advice: `set a ${resource} limit of at least ${request} in the pod template of ${nameOf(owner)}, or request ${limit} at most`,
  };
}

interface Bound {
  readonly type: string;
  readonly bound: string;
  readonly resource: string;
  readonly limit: string;
}

/** The LimitRange that has this bound. */
function rangeWith(
  snapshot: Snapshot,
  { namespace }: ObjectRef,
  { type, bound, resource, limit }: Bound,
): ObjectRef | undefined {
  const found = snapshot.all('LimitRange', namespace).find(({ spec }) =>
    spec?.limits?.some((item) => {
      const side = bound === 'maximum' ? item.max : bound === 'minimum' ? item.min : item.maxLimitRequestRatio;
      return item.type === type && side?.[resource] === limit;
    }),
  );
  return found === undefined ? undefined : { kind: 'LimitRange', namespace, name: found.metadata.name };
}
