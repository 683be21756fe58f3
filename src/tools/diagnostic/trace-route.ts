import * as z from 'zod';
import { blindSpotsOf } from '../../engines/diagnosis/blind-spots.ts';
import { hostName } from '../../engines/network/dns.ts';
import {
  firstBroken,
  hopKinds,
  hopStates,
  notesOf,
  sentenceOf,
  verdictOfWay,
  verdicts,
  type Way,
  type WayVerdict,
} from '../../engines/network/trace/hops.ts';
import { type Destination, destinationOf } from '../../engines/network/trace/question.ts';
import { traceReads } from '../../engines/network/trace/reads.ts';
import { trace } from '../../engines/network/trace/trace.ts';
import type { ObjectRef } from '../../engines/objects.ts';
import type { Reader } from '../../kubernetes/ports.ts';
import { AppError } from '../../platform/errors.ts';
import { gather } from '../gather.ts';
import { diagnosisPermissions } from '../permissions.ts';
import { span } from '../report/lines.ts';
import { cluster, namespace, objectPath, objectRef } from '../schemas.ts';
import { splitPath, targetNamespace, targetObject } from '../target.ts';
import { defineTool, type ToolContext } from '../tool.ts';

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
    Follows a connection hop by hop and names the first hop that is broken, why, and the fix: from outside through an
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

  async run({ to, from: client, ...where }, context) {
    const reader = await context.reader();
    const home = targetNamespace({ ...where, all_namespaces: false }, context.settings) ?? '';
    const destination = destinationFor(to, home, { inside: client !== undefined, context });
    const from = client === undefined ? undefined : await clientFor(reader, { client, home }, context);
    const asked = from ?? existing(destination);
    // What is asked about must exist; what it leads to need not.
    if (asked !== undefined) await reader.get(asked, context.signal);
    const question = { from, namespace: home, to: destination };
    const data = await gather(reader, (soFar) => traceReads(question, soFar), context);
    const ways = trace(question, data);
    return {
      ...(from !== undefined && { from }),
      to,
      namespace: home,
      verdict: worst(ways),
      ways: ways.map(wayData),
      notes: notesOf(ways),
      blind_spots: blindSpotsOf(data.reads),
    };
  },

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

const wayData = (way: Way) => {
  const hops = way.hops.map((each) => ({ ...each, text: sentenceOf(each) }));
  const broken = firstBroken({ name: way.name, hops });
  return { name: way.name, verdict: verdictOfWay(way), hops, ...(broken !== undefined && { broken }) };
};

const worst = (ways: readonly Way[]): WayVerdict => {
  const all = ways.map(verdictOfWay);
  if (all.includes('broken')) return 'broken';
  return all.includes('unknown') || all.length === 0 ? 'unknown' : 'open';
};

/** @throws AppError `validation_error` for what means nothing; `refused` for a system namespace. */
function destinationFor(
  to: string,
  home: string,
  { inside, context }: { inside: boolean; context: ToolContext },
): Destination {
  const destination = destinationOf(to, home, inside);
  if (destination !== undefined && !(inside && destination.kind === 'route')) {
    const place = placeOf(destination, home);
    if (place !== undefined) targetNamespace({ namespace: place, all_namespaces: false }, context.settings);
    return destination;
  }
  const message =
    inside && destination !== undefined ? 'is a route, which a pod does not ask for' : 'is nothing to connect to';
  throw new AppError('validation_error', `to ${message}.`, {
    hint: 'Write service/db:5432, shop-data/queue:5672, queue.shop-data.svc:5672, ingress/shop or shop.example/cart.',
    details: { problems: [{ path: 'to', message }] },
  });
}

/** The namespace that naming this opens. */
const placeOf = (destination: Destination, home: string): string | undefined =>
  destination.kind === 'host'
    ? hostName(destination.host, home)?.candidates[0]?.namespace
    : existing(destination)?.namespace;

const existing = (destination: Destination): ObjectRef | undefined =>
  destination.kind === 'service' || destination.kind === 'route' ? destination.ref : undefined;

/** Kinds that connect: pods, and what owns pods. */
const clientKinds = ['Pod', 'Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Job'];

async function clientFor(
  reader: Reader,
  { client, home }: { readonly client: string; readonly home: string },
  context: ToolContext,
): Promise<ObjectRef> {
  const ref = await targetObject(reader, { ...splitPath(client), namespace: home }, context);
  if (clientKinds.includes(ref.kind)) return ref;
  throw new AppError('validation_error', `A ${ref.kind} makes no connection.`, {
    hint: `Name one of these: ${clientKinds.join(', ')}.`,
    details: { problems: [{ path: 'from', message: `is a ${ref.kind}` }] },
  });
}
