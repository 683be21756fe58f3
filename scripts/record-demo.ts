/**
 * Records the embedded demo on the real cluster that `make cluster` started: pushes the shop's images, applies
 * scripts/demo/, makes the mistakes that break it, and writes demo/shop.kubemend.gz. Run it with `make demo-record`.
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

/** What must be seen before the recording is worth taking: what `kubectl get pods -l app=…` shows. */
interface Fault {
  readonly namespace: string;
  readonly app: string;
  readonly text: RegExp;
}
const faults: readonly Fault[] = [
  { namespace: 'shop', app: 'payments', text: /CreateContainerConfigError/ },
  { namespace: 'shop', app: 'cart', text: /CrashLoopBackOff|Error/ },
  { namespace: 'shop', app: 'recommendations', text: /CrashLoopBackOff|OOMKilled/ },
  { namespace: 'shop', app: 'search', text: /Pending/ },
  { namespace: 'shop-data', app: 'queue', text: /ImagePullBackOff/ },
];
const attempts = 90;
/** Restarts and a few runs of the CronJob make it look like a morning. */
const settling = 120_000;

const run = (command: string, ...args: string[]): string =>
  execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
const kubectl = (...args: string[]): string => run(cluster, 'exec', '--', 'kubectl', ...args);

const shows = ({ namespace, app, text }: Fault): boolean =>
  text.test(kubectl('get', 'pods', '-n', namespace, '-l', `app=${app}`, '--no-headers'));

async function shown(which: (fault: Fault) => boolean): Promise<void> {
  const awaited = faults.filter(which);
  for (let attempt = 0; !awaited.every(shows); attempt++) {
    if (attempt === attempts) throw new Error('not every fault showed in time');
    await sleep(2_000);
  }
}

/** What people did to a shop that worked: a renamed key and a slip in a tag. */
function makeMistakes(): void {
  const rename = [{ op: 'move', from: '/data/DATABASE_URL', path: '/data/DATABASE_URI' }];
  kubectl(
    'patch',
    'configmap',
    'payments-config',
    '-n',
    'shop',
    '--type=json',
    `--patch=${JSON.stringify(rename)}`,
    '--field-manager=kubectl-edit',
  );
  kubectl('set', 'image', 'deployment/queue', '-n', 'shop-data', 'rabbitmq=shop/rabbitmq:3.13-mangement');
}

for (const [image, command] of Object.entries(images)) run(cluster, 'image', image, '--', ...command);
kubectl('apply', '-f', 'scripts/demo');
for (const name of ['payments', 'cart', 'frontend', 'catalog']) {
  kubectl('rollout', 'status', `deployment/${name}`, '-n', 'shop', '--timeout=180s');
}
makeMistakes();
// The carts that run keep their connection: they start anew once the queue is gone.
await shown(({ app }) => app === 'queue');
kubectl('delete', 'pods', '-n', 'shop', '-l', 'app in (payments,cart)', '--grace-period=1');
await shown(() => true);
await sleep(settling);
const kubeconfig = run(cluster, 'kubeconfig').trim();
console.log(
  run(process.execPath, 'src/main.ts', 'snapshot', '-A', '--kubeconfig', kubeconfig, '-f', target, '--force'),
);
kubectl('delete', '-f', 'scripts/demo', '--wait=false');
