import * as z from 'zod';
import { minute } from '../../engines/durations.ts';
import { nameOf } from '../../engines/objects.ts';
import { entryKinds, type TimelineEntry } from '../../engines/timeline/entry.ts';
import { checkExists } from '../existing.ts';
import { diagnosisPermissions } from '../permissions.ts';
import { cut } from '../report/digest.ts';
import { span } from '../report/lines.ts';
import { plural } from '../report/plural.ts';
import { cluster, namespace, objectPath, objectRef } from '../schemas.ts';
import { scopeOf } from '../scope.ts';
import { defineTool } from '../tool.ts';

const needed =
  'pods events nodes services configmaps limitranges resourcequotas persistentvolumeclaims apps/deployments apps/replicasets apps/statefulsets apps/daemonsets batch/jobs batch/cronjobs autoscaling/horizontalpodautoscalers networking.k8s.io/ingresses networking.k8s.io/networkpolicies';

const list = new Set(needed.split(' ').map((resource) => `list ${resource}`));

/** Characters of one entry. */
const whatLength = 240;

export const getTimeline = defineTool({
  name: 'get_timeline',
  title: 'Get the timeline',
  description: `
    What changed and what happened, newest first: rollouts with what they changed, writes to objects and by whom,
    scaling, ends of containers, nodes, events grouped and counted. For a namespace or an object and all it depends on.
    Use it to ask what changed before something broke.`,
  access: 'read',
  permissions: [
    ...diagnosisPermissions.filter(
      (permission) => list.has(permission) || (permission.startsWith('get ') && !permission.includes('/log')),
    ),
    'list apps/controllerrevisions',
  ],

  input: z.object({
    namespace,
    object: objectPath,
    since_minutes: z.int().min(1).max(10_080).default(60).describe('How far back.'),
    limit: z.int().min(1).max(200).default(30).describe('Most entries.'),
    cluster,
  }),
  output: z.object({
    since: z.string(),
    until: z.string(),
    entries: z
      .array(
        z.object({
          at: z.string(),
          first: z.string().optional(),
          kind: z.enum(entryKinds),
          object: objectRef,
          what: z.string(),
          by: z.string().optional(),
          count: z.int().optional(),
        }),
      )
      .readonly(),
    /** Older entries that are not shown. */
    more: z.int(),
    /** Events of starting pods that are not among the entries. */
    routine_events: z.int(),
    blind_spots: z.array(z.object({ what: z.string(), why: z.string(), consequence: z.string() })).readonly(),
  }),

  async run({ since_minutes: minutes, limit, ...request }, context) {
    const { signal, enough } = context;
    const { timelineOf, timelineReads } = await import('../../engines/timeline/timeline.ts');
    const reader = await context.reader();
    const scope = await scopeOf({ ...request, all_namespaces: false }, reader, context);
    const target =
      scope.object ?? (scope.namespace === undefined ? undefined : { kind: 'Namespace', name: scope.namespace });
    const [data] = await Promise.all([
      reader.read(timelineReads(scope), signal, { enough }),
      target === undefined ? undefined : checkExists(reader, target, signal),
    ]);
    const { since, entries, routine, blindSpots } = timelineOf(data, scope, minutes * minute);
    return {
      since,
      until: data.takenAt,
      entries: entries.slice(0, limit).map((entry) => ({ ...entry, what: cut(entry.what, whatLength) })),
      more: Math.max(0, entries.length - limit),
      routine_events: routine,
      blind_spots: blindSpots,
    };
  },

  render({ since, until, entries, more, routine_events: routine, blind_spots: blind }) {
    return [
      `${entries.length === 0 ? 'Nothing' : 'What happened'} since ${since}${entries.length === 0 ? '.' : ', newest first, UTC:'}`,
      ...entries.map((entry) => lineOf(entry, until)),
      ...(more > 0 ? [`… ${more} older: raise limit`] : []),
      ...(routine > 0 ? [`… ${plural(routine, 'routine event')} of starting pods not shown`] : []),
      ...blind.map(({ what, why, consequence }) => `not seen: ${what} (${why}); ${consequence}`),
    ].join('\n');
  },
});

/** `12:00:00 Deployment/web rollout of revision 2: … (by kubectl)`; with its date when that is not today's. */
function lineOf({ at, first, object, what, by, count = 1 }: TimelineEntry, until: string): string {
  const who = by === undefined ? '' : ` (by ${by})`;
  const often = count > 1 ? ` ×${count}${first === undefined ? '' : ` since ${clock(first, until)}`}` : '';
  return span(`${clock(at, until)} ${nameOf(object)} ${what}${who}${often}`).text;
}

const clock = (time: string, until: string): string =>
  time.slice(0, 10) === until.slice(0, 10) ? time.slice(11, 19) : `${time.slice(5, 10)} ${time.slice(11, 19)}`;
