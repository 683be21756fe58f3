import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { decoded, double, doubles, fixed64, hex, type Message, messages, text, whole } from './protobuf.ts';

export interface ReceivedSpan {
  readonly name: string;
  readonly kind: 'internal' | 'server' | 'client' | 'other';
  readonly traceId: string;
  readonly spanId: string;
  /** Empty where it has none. */
  readonly parentId: string;
  readonly state: string;
  readonly attributes: Attributes;
  readonly failed: boolean;
  readonly resource: Attributes;
}

export interface ReceivedHistogram {
  readonly name: string;
  readonly unit: string;
  readonly bounds: readonly number[];
  readonly points: readonly { readonly attributes: Attributes; readonly count: number; readonly sum: number }[];
}

type Attributes = Readonly<Record<string, string | number | boolean>>;

export interface OtlpReceiver {
  /** What `OTEL_EXPORTER_OTLP_ENDPOINT` has to be. */
  readonly url: string;
  readonly spans: readonly ReceivedSpan[];
  /** Of the latest export. */
  readonly histograms: readonly ReceivedHistogram[];
  /** Everything that came, as it came: for looking for what must not be in it. */
  readonly raw: () => string;
  /** How often something was sent, taken or not. */
  readonly attempts: number;
  /** Answers from now on; the default takes everything. */
  answer(how: (response: ServerResponse) => void): void;
  close(): Promise<void>;
}

/** A collector: takes OTLP over HTTP on a free port of loopback (opentelemetry-proto 1.7: trace, metrics, common). */
export async function anOtlpReceiver(): Promise<OtlpReceiver> {
  const spans: ReceivedSpan[] = [];
  const bodies: Buffer[] = [];
  let histograms: readonly ReceivedHistogram[] = [];
  let attempts = 0;
  const takes = (response: ServerResponse): void => void response.writeHead(200).end();
  let how = takes;
  const server = createServer(async (request, response) => {
    const body = await buffer(request);
    attempts += 1;
    if (how === takes) {
      bodies.push(body);
      if (request.url === '/v1/traces') spans.push(...spansIn(decoded(body)));
      if (request.url === '/v1/metrics') histograms = histogramsIn(decoded(body));
    }
    how(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    get histograms() {
      return histograms;
    },
    get attempts() {
      return attempts;
    },
    raw: () => Buffer.concat(bodies).toString('latin1'),
    answer(next) {
      how = next;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function spansIn(request: Message): readonly ReceivedSpan[] {
  return messages(request, 1).flatMap((resourceSpans) => {
    const resource = messages(resourceSpans, 1).flatMap((found) => messages(found, 1));
    return messages(resourceSpans, 2)
      .flatMap((scopeSpans) => messages(scopeSpans, 2))
      .map((span) => ({
        name: text(span, 5),
        kind: ([undefined, 'internal', 'server', 'client'] as const)[whole(span, 6)] ?? 'other',
        traceId: hex(span, 1),
        spanId: hex(span, 2),
        parentId: hex(span, 4),
        state: text(span, 3),
        attributes: attributesOf(messages(span, 9)),
        failed: messages(span, 15).some((status) => whole(status, 3) === 2),
        resource: attributesOf(resource),
      }));
  });
}

function histogramsIn(request: Message): readonly ReceivedHistogram[] {
  return messages(request, 1)
    .flatMap((resourceMetrics) => messages(resourceMetrics, 2))
    .flatMap((scopeMetrics) => messages(scopeMetrics, 2))
    .filter((metric) => metric.has(9))
    .map((metric) => {
      const points = messages(metric, 9).flatMap((histogram) => messages(histogram, 1));
      return {
        name: text(metric, 1),
        unit: text(metric, 3),
        bounds: points.slice(0, 1).flatMap((point) => doubles(point, 7)),
        points: points.map((point) => ({
          attributes: attributesOf(messages(point, 9)),
          count: Number(fixed64(point, 4)),
          sum: double(point, 5),
        })),
      };
    });
}

const attributesOf = (pairs: readonly Message[]): Attributes =>
  Object.fromEntries(pairs.map((pair) => [text(pair, 1), valueOf(messages(pair, 2)[0] ?? new Map())]));

function valueOf(value: Message): string | number | boolean {
  if (value.has(2)) return whole(value, 2) === 1;
  if (value.has(3)) return whole(value, 3);
  return value.has(4) ? double(value, 4) : text(value, 1);
}
