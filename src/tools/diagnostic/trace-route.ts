import * as z from 'zod';
import { hopKinds, hopStates, verdicts } from '../../engines/network/trace/hops.ts';
import { diagnosisPermissions } from '../permissions.ts';
import { span } from '../report/lines.ts';
import { cluster, namespace, objectPath, objectRef } from '../schemas.ts';
import { defineTool } from '../tool.ts';

const hop = z.object({
  hop: z.enum(hopKinds),
  state: z.enum(hopStates),
  object: objectRef.optional(),
  /** A sentence that begins with the object. */
  text: z.string(),
  /** Where it is broken. */
  fix: z.string().optional(),
});

export const traceRoute = defineTool({
  name: 'trace_route',
  title: 'Trace a route',
  description: `
    Follows a connection hop by hop and names the first hop that is broken, why, and the fix. From outside through an
    Ingress, Gateway route or Service to its pods (class, TLS Secret, backend, port, selector, endpoints, policies), or,
    with from, from a pod or workload to a Service (DNS, NetworkPolicy egress and ingress, port, endpoints). Nothing is
    sent: it is computed from the API, and what cannot be known is said to be unknown. Use it when one thing cannot reach
    another; use diagnose for why pods are not ready.`,
  access: 'read',
  permissions: diagnosisPermissions,

  input: z.object({
    to: z
      .string()
      .min(1)
      .max(512, 'is too long')
      .describe(
        'ingress/shop, httproute/shop, service/db:5432, shop-data/queue:5672 (namespace/name), a host as the client writes it (queue.shop-data.svc:5672), or, from outside, host and path (shop.example/cart).',
      ),
    from: objectPath.describe('Pod or workload that connects: deployment/web, pod/web-1. Default: from outside.'),
    namespace,
    cluster,
  }),
  output: z.object({
    from: objectRef.optional(),
    to: z.string(),
    namespace: z.string(),
    verdict: z.enum(verdicts),
    /** One per path or port. */
    ways: z
      .array(
        z.object({
          name: z.string(),
          verdict: z.enum(verdicts),
          hops: z.array(hop).readonly(),
          /** The first hop that is broken. */
          broken: hop.optional(),
        }),
      )
      .readonly(),
    notes: z.array(z.string()).readonly(),
    blind_spots: z.array(z.object({ what: z.string(), why: z.string(), consequence: z.string() })).readonly(),
  }),

  run: async (request, context) => (await import('../route-tracing.ts')).traced(request, context),

  render: ({ ways, notes, blind_spots: blind }) =>
    [
      ...ways.flatMap(({ name, verdict, hops, broken }, index) => [
        ...(index > 0 ? [''] : []),
        line(`${marks[verdict]} ${name}: ${broken === undefined ? words[verdict] : `broken at ${broken.hop}`}`),
        ...hops.map(({ hop: what, state, text }) => line(`  ${marks[state]} ${what}: ${text}`)),
        ...(broken?.fix === undefined ? [] : [line(`  fix: ${broken.fix}`)]),
      ]),
      ...notes.map((note) => line(`note: ${note}`)),
      ...blind.map(({ what, why, consequence }) => line(`not seen: ${what} (${why}): ${consequence}`)),
    ].join('\n'),
});

const marks = { ok: '✔', open: '✔', broken: '✖', unknown: '?' } as const;
const words = {
  open: 'every hop is open',
  broken: 'broken',
  unknown: 'no hop is known to be broken, and not all are known',
} as const;

/** One line, whatever the cluster's words hold; the indent is ours. */
const line = (text: string): string => `${/^ */.exec(text)?.[0] ?? ''}${span(text).text}`;
