/**
 * Records the embedded demo on the real cluster that `make cluster` started: pushes the shop's images, applies
 * scripts/demo/, waits until every fault shows, and writes demo/shop.kubemend.gz. Run it with `make demo-record`.
 */
import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

const cluster = 'tests/e2e/cluster/cluster.sh';
const target = 'demo/shop.kubemend.gz';
const web = ['busybox', 'httpd', '-f', '-p', '80', '-h', '/www'];
const images: Readonly<Record<string, readonly string[]>> = {
  'shop/frontend:2.3': web,
  'shop/catalog:5.0': web,
  'shop/payments:3.2': web,
  'shop/reviews:2.0': web,
  'shop/cart:4.1': web,
  'shop/search:8.15': web,
  'shop/mail:1.1': ['sh'],
  'shop/postgres:16.4': ['sh'],
  'shop/report:1.0': ['sh'],
  'shop/recommendations:0.9': ['sh'],
  'shop/price-import:1.7': ['sh'],
  // Not 3.13-mangement: that is the slip.
  'shop/rabbitmq:3.13-management': ['sh'],
};

/** What must be seen before the recording is worth taking: a label selector and a text in the pods' statuses. */
const faults: readonly (readonly [namespace: string, app: string, text: RegExp])[] = [
  ['shop', 'payments', /CreateContainerConfigError/],
  ['shop', 'cart', /CrashLoopBackOff/],
  ['shop', 'recommendations', /OOMKilled|CrashLoopBackOff/],
  ['shop', 'search', /Pending/],
  ['shop-data', 'queue', /ImagePullBackOff/],
];
const attempts = 90;

const run = (command: string, ...args: string[]): string =>
  execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
const kubectl = (...args: string[]): string => run(cluster, 'exec', '--', 'kubectl', ...args);

function shows([namespace, app, text]: (typeof faults)[number]): boolean {
  const pods = kubectl('get', 'pods', '-n', namespace, '-l', `app=${app}`, '--no-headers');
  return text.test(pods);
}

for (const [image, command] of Object.entries(images)) run(cluster, 'image', image, '--', ...command);
kubectl('apply', '-f', 'scripts/demo');
for (let attempt = 0; !faults.every(shows); attempt++) {
  if (attempt === attempts) throw new Error('not every fault showed in time');
  await sleep(2_000);
}
// Restart counts and a run of the CronJob make the recording look like a real morning.
await sleep(90_000);
const kubeconfig = run(cluster, 'kubeconfig').trim();
console.log(
  run(process.execPath, 'src/main.ts', 'snapshot', '-A', '--kubeconfig', kubeconfig, '-f', target, '--force'),
);
