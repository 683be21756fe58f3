import { blindSpotsOf } from '../engines/diagnosis/blind-spots.ts';
import { hostName } from '../engines/network/dns.ts';
import {
  firstBroken,
  notesOf,
  sentenceOf,
  verdictOfWay,
  type Way,
  type WayVerdict,
} from '../engines/network/trace/hops.ts';
import { type Destination, destinationOf } from '../engines/network/trace/question.ts';
import { traceReads } from '../engines/network/trace/reads.ts';
import { trace } from '../engines/network/trace/trace.ts';
import type { ObjectRef } from '../engines/objects.ts';
import type { SnapshotData } from '../engines/snapshot-data.ts';
import type { Reader } from '../kubernetes/ports.ts';
import { AppError } from '../platform/errors.ts';
import { gather } from './gather.ts';
import { splitPath, targetNamespace, targetObject } from './target.ts';
import type { ToolContext } from './tool.ts';

export interface RouteRequest {
  readonly to: string;
  readonly from?: string | undefined;
  readonly namespace?: string | undefined;
  readonly cluster?: string | undefined;
}

/** The way from a client, or from outside, hop by hop. @throws AppError for what means nothing or is not there. */
export async function traced({ to, from: client, ...where }: RouteRequest, context: ToolContext) {
  const reader = await context.reader();
  const home = targetNamespace({ ...where, all_namespaces: false }, context.settings) ?? '';
  const destination = destinationFor(to, home, { inside: client !== undefined, context });
  const from = client === undefined ? undefined : await clientFor(reader, { client, home }, context);
  const asked = from ?? existing(destination);
  const question = { from, namespace: home, to: destination };
  const data = await gather(reader, (soFar) => traceReads(question, soFar), context);
  // What is asked about must exist; what it leads to need not.
  if (asked !== undefined && !isSeen(data, asked)) await reader.get(asked, context.signal);
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
}

const isSeen = ({ objects, heads }: SnapshotData, { kind, namespace, name }: ObjectRef): boolean =>
  [...objects, ...heads].some(
    (object) => object.kind === kind && object.metadata.namespace === namespace && object.metadata.name === name,
  );

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
