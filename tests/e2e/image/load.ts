/** Mixed calls to a service for so many seconds, by eight callers who never wait. Runs in the cluster's network. */
import autocannon from 'autocannon';
import { mixed } from '../../../bench/http/mixed.ts';

const [url = '', seconds = '', namespace = '', name = '', token = ''] = process.argv.slice(2);
const requests = mixed(url, namespace, name).map(({ url: target, headers, body }) => ({
  method: 'POST' as const,
  path: new URL(target).pathname,
  headers: { ...headers, authorization: `Bearer ${token}` },
  body,
}));
const result = await autocannon({ url, connections: 8, duration: Number(seconds), requests });
const statuses = Object.entries(result.statusCodeStats ?? {}).map(([status, { count }]) => [status, count]);
console.log(JSON.stringify({ statuses: Object.fromEntries(statuses), errors: result.errors, p99: result.latency.p99 }));
