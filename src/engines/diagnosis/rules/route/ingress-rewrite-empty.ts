import { nameOf, refOf } from '../../../objects.ts';
import type { Ingress } from '../../../routes.ts';
import { defineRule, type Finding } from '../../rule.ts';

/** Annotations of ingress-nginx; other controllers do not read them. */
const prefix = 'nginx.ingress.kubernetes.io/';

export const ingressRewriteEmpty = defineRule({
  id: 'ingress-rewrite-empty',
  title: 'An Ingress rewrites to a part of the path that it does not capture',
  area: 'route',
  class: 'cause',
  severity: 'medium',
  meaning:
    'Every request below the path reaches the same page of the backend, mostly its root: the rest of the path is lost.',
  detection:
    'The annotation nginx.ingress.kubernetes.io/rewrite-target takes a capture group ($2) that the regular expression of ' +
    'a path of the Ingress does not have, so nginx puts nothing in its place. With that annotation ingress-nginx reads ' +
    'every path as a regular expression.',
  remedies: [
    'Capture the rest of the path, as in /api(/|$)(.*) with rewrite-target /$2, or name the group that is there.',
  ],
  avoid: ['looking for the fault in the backend: it answers what it is asked'],

  check: (snapshot) => snapshot.all('Ingress').flatMap(findingOf),
});

function findingOf(ingress: Ingress): readonly Finding[] {
  const target = ingress.metadata.annotations?.[`${prefix}rewrite-target`] ?? '';
  const wanted = Math.max(0, ...[...target.matchAll(/(?<!\\)\$\{?(\d)/g)].map(([, number]) => Number(number)));
  const paths = pathsOf(ingress);
  const [first, ...others] = paths.filter(({ path }) => groupsIn(path) < wanted);
  if (wanted === 0 || first === undefined) return [];
  const groups = groupsIn(first.path);
  const has = groups === 0 ? 'captures nothing' : `captures only ${groups === 1 ? '$1' : `$1 to $${groups}`}`;
  const more = others.length === 0 ? '' : ` (and ${others.length} more of its paths)`;
  const subject = refOf(ingress);
  return [
    {
      subject,
      problem: `rewrites ${first.host}${first.path} to ${target}, and that path ${has}: whatever is asked below it becomes ${target.replaceAll(/\$\{?\d\}?/g, (group) => (Number(/\d/.exec(group)?.[0]) > groups ? '' : group)) || '/'}${more}`,
      certainty: 'declared',
      evidence: [
        { object: subject, source: 'spec', text: `metadata.annotations[${prefix}rewrite-target] is ${target}` },
        {
          object: subject,
          source: 'spec',
          text: `path ${first.path} has ${groups} capture ${groups === 1 ? 'group' : 'groups'}`,
        },
      ],
      fixes: [
        // Another number would be wrong for a path that captures as much as the target takes.
        ...(groups === 0 || paths.some(({ path }) => groupsIn(path) !== groups)
          ? []
          : [
              {
                advice: `set ${prefix}rewrite-target of ${nameOf(subject)} to ${target.replaceAll(`$${wanted}`, `$${groups}`)}`,
                reason: `$${groups} is what the path captures last`,
              },
            ]),
        {
          advice: `write the path so that it captures the rest: ${bare(first.path)}(/|$)(.*), with rewrite-target ${target.replaceAll(`$${wanted}`, '$2')}`,
          reason: 'nginx puts nothing in the place of a group that is not there',
        },
      ],
      nextCheck: `kubectl get ingress -n ${subject.namespace} ${subject.name} -o yaml`,
    },
  ];
}

const pathsOf = ({ spec }: Ingress): readonly { readonly host: string; readonly path: string }[] =>
  (spec?.rules ?? []).flatMap(({ host = '', http }) => (http?.paths ?? []).map(({ path = '/' }) => ({ host, path })));

/** How many groups a regular expression captures: `(?:` and the like capture nothing, `\(` is a letter. */
const groupsIn = (path: string): number => [...path.replaceAll(/\\./g, '').matchAll(/\((?!\?)/g)].length;

/** `/api` of `/api/(.*)`: what stands before the first group. */
const bare = (path: string): string => (path.split('(')[0] ?? '').replace(/\/+$/, '');
