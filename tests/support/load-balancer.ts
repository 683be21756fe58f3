import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Sends requests to replicas in turn as Kubernetes does: only to those that said they are ready, and never twice. */
export interface LoadBalancer {
  readonly url: string;
  /** URLs of the replicas; may change at any time. */
  replicas: readonly string[];
  close(): Promise<void>;
}

/** How often replicas are asked whether they are ready, in ms. */
const everyMs = 100;

export async function aLoadBalancer(): Promise<LoadBalancer> {
  // Kept, as load balancers keep theirs: that is where a replica that goes away loses requests.
  const agent = new Agent({ keepAlive: true });
  let ready: readonly string[] = [];
  let turn = 0;

  function forward(asked: IncomingMessage, answer: ServerResponse): void {
    const replica = ready[turn++ % ready.length];
    const failed = () => void (answer.headersSent ? answer.destroy() : answer.writeHead(502).end());
    if (replica === undefined) return failed();
    const { method, headers } = asked;
    const sent = request(new URL(asked.url ?? '/', replica), { agent, method, headers }, (came) => {
      answer.writeHead(came.statusCode ?? 502, { 'content-type': came.headers['content-type'] });
      came.pipe(answer).once('error', failed);
    });
    sent.once('error', failed);
    asked.pipe(sent);
  }

  const server = createServer(forward).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const balancer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    replicas: [] as readonly string[],
    async close() {
      clearInterval(asking);
      agent.destroy();
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
  const asking = setInterval(async () => {
    const known = await Promise.all(balancer.replicas.map(async (url) => ((await isReady(url)) ? [url] : [])));
    ready = known.flat();
  }, everyMs);
  return balancer;
}

const isReady = (url: string): Promise<boolean> =>
  fetch(`${url}/ready`, { headers: { connection: 'close' } }).then(
    ({ ok }) => ok,
    () => false,
  );
