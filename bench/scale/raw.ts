/** The reads of a triage and nothing else: what any diagnosis of the whole cluster has to wait for. */
import { readFile } from 'node:fs/promises';
import { type ClientHttp2Session, connect } from 'node:http2';
import pLimit from 'p-limit';
import { parse } from 'yaml';

interface Kubeconfig {
  readonly clusters: readonly {
    readonly cluster: { readonly server: string; readonly 'certificate-authority-data': string };
  }[];
  readonly users: readonly {
    readonly user: { readonly 'client-certificate-data': string; readonly 'client-key-data': string };
  }[];
}

const atOnce = 16;
const page = 500;
const table = 'application/json;as=Table;v=v1;g=meta.k8s.io';
const lists = [
  '/api/v1/namespaces',
  '/api/v1/nodes',
  '/api/v1/events?fieldSelector=type%3DWarning',
  '/api/v1/services',
  '/api/v1/persistentvolumeclaims',
  '/api/v1/resourcequotas',
  '/apis/apps/v1/deployments',
  '/apis/apps/v1/statefulsets',
  '/apis/apps/v1/daemonsets',
  '/apis/batch/v1/jobs',
  '/apis/batch/v1/cronjobs',
  '/apis/networking.k8s.io/v1/ingresses',
  '/apis/autoscaling/v2/horizontalpodautoscalers',
];

export interface RawReads {
  /** Milliseconds and bytes of one triage, with a connection of its own. */
  readonly read: () => Promise<{ ms: number; bytes: number; requests: number }>;
}

/** @param kubeconfig of one cluster and one user with certificates. */
export async function rawReads(kubeconfig: string, namespaces: readonly string[]): Promise<RawReads> {
  const { clusters, users } = parse(await readFile(kubeconfig, 'utf8')) as Kubeconfig;
  const [cluster, user] = [clusters[0]?.cluster, users[0]?.user];
  if (cluster === undefined || user === undefined) throw new Error(`${kubeconfig} names no cluster`);
  const decoded = (text: string): Buffer => Buffer.from(text, 'base64');
  const tables = namespaces.map((name) => `/api/v1/namespaces/${name}/pods?includeObject=None`);
  return {
    read: async () => {
      const began = performance.now();
      const session = connect(cluster.server, {
        ca: decoded(cluster['certificate-authority-data']),
        cert: decoded(user['client-certificate-data']),
        key: decoded(user['client-key-data']),
        settings: { initialWindowSize: 4 * 2 ** 20 },
      });
      const limit = pLimit(atOnce);
      const answers = await Promise.all(
        [...lists, ...tables].map((path) => limit(() => pages(session, path, path.includes('includeObject')))),
      );
      session.close();
      const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
      return {
        ms: performance.now() - began,
        bytes: sum(answers.flat()),
        requests: answers.flat().length,
      };
    },
  };
}

/** Bytes of each page. */
async function pages(session: ClientHttp2Session, path: string, asTable: boolean): Promise<readonly number[]> {
  const sizes: number[] = [];
  for (let token = ''; ; ) {
    const separator = path.includes('?') ? '&' : '?';
    const text = await get(session, `${path}${separator}limit=${page}${token}`, asTable);
    sizes.push(text.length);
    const next = /"continue":\s*"([^"]+)"/.exec(text.slice(0, 2_000))?.[1];
    if (next === undefined) return sizes;
    token = `&continue=${encodeURIComponent(next)}`;
  }
}

function get(session: ClientHttp2Session, path: string, asTable: boolean): Promise<string> {
  return new Promise((resolve, reject) => {
    const stream = session.request({ ':path': path, accept: asTable ? table : 'application/json' });
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('end', () => resolve(Buffer.concat(chunks).toString('latin1')));
    stream.on('error', reject);
  });
}
