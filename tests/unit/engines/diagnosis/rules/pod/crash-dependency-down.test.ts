import { crashDependencyDown } from '../../../../../../src/engines/diagnosis/rules/pod/crash-dependency-down.ts';
import { aContainer, aLog, anObject, aPod, aSnapshot, crashed } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const victim = (spec = {}) =>
  aPod('api', { containers: [aContainer('app', { ...crashed({ exitCode: 1, reason: 'Error' }), ...spec })] });
const db = anObject('Service', 'db', { spec: { clusterIP: '10.96.126.34', selector: { app: 'db' } } });
const complete = ['Service', 'EndpointSlice'];
const saying = (line: string, ...objects: Parameters<typeof aSnapshot>[0] extends infer _ ? object[] : never) =>
  aSnapshot({ complete, objects: [victim(), ...(objects as never[])], logs: [aLog('api', [line])] });

/** A member that dies, and the Service by whose name it looks for others. */
const seeking = (spec: object, others: readonly ReturnType<typeof aPod>[] = [], namespace = 'shop') =>
  aSnapshot({
    complete: ['Service'],
    objects: [
      aPod('api', {
        metadata: { labels: { app: 'api' } },
        containers: [aContainer('app', crashed({ exitCode: 1, reason: 'Error' }))],
      }),
      anObject('Service', 'ring', {
        metadata: { namespace },
        spec: { clusterIP: 'None', selector: { app: 'api' }, ...spec },
      }),
      ...others,
    ],
    logs: [
      aLog('api', [
        `WARN seed provider couldn't lookup host ring${namespace === 'shop' ? '' : `.${namespace}.svc.cluster.local`}`,
        'ERROR module failed: joining memberlist cluster on startup failed',
      ]),
    ],
  });
const alone = { object: 'Pod/api', problem: 'cannot reach Service/ring (no such host)' };

testRule(crashDependencyDown, {
  silent: {
    'another error': saying('ERROR missing API_TOKEN', db),
    'a refused connection that another error follows': aSnapshot({
      complete,
      objects: [victim(), db],
      logs: [aLog('api', ['WARN cache:6379 connection refused', 'FATAL missing API_TOKEN'])],
    }),
    'a connection to itself': saying('ERROR connect ECONNREFUSED 127.0.0.1:5432', db),
    'a healthy pod that logs a refused connection': aSnapshot({
      objects: [aPod('api'), db],
      logs: [aLog('api', ['ERROR connect ECONNREFUSED db:5432'])],
    }),
    'a product, which is no host': saying('ERROR connection to Redis lost: connection reset by peer', db),
    'two hosts beside a failure that names none': aSnapshot({
      complete,
      objects: [victim(), db],
      logs: [aLog('api', ['connecting to db:5432', 'connecting to cache:6379', 'FATAL Connection refused'])],
    }),
    'a host beside a failure with which it does not connect': aSnapshot({
      complete,
      objects: [victim(), db],
      logs: [aLog('api', ['metrics are served at db:9090', 'FATAL Connection refused'])],
    }),
    'a permission that is denied': saying('ERROR open /data/db:5432: permission denied', db),
  },
  speaks: {
    'of the headless Service by whose name it looks for itself': [
      seeking({}),
      {
        object: 'Pod/api',
        problem: 'it looks for itself by the name of Service/ring, which does not publishNotReadyAddresses',
        fix: 'set spec.publishNotReadyAddresses: true in Service/ring',
        certainty: 'recomputed',
      },
    ],
    'of that Service alone where it publishes those that are not ready': [
      seeking({ publishNotReadyAddresses: true }),
      alone,
    ],
    'of that Service alone where it is of others': [seeking({ selector: { app: 'db' } }), alone],
    'of that Service alone where it is of another namespace': [
      seeking({}, [], 'other'),
      { object: 'Pod/api', problem: ': cannot reach Service/ring' },
    ],
    'of that Service alone where it has an address of its own': [seeking({ clusterIP: '10.96.0.9' }), alone],
    'of a Service whose full name a resolver of its own needs': [
      aSnapshot({
        complete: ['Service'],
        objects: [victim(), db],
        logs: [aLog('api', ['[emerg] host not found in upstream "db", db could not be resolved (3: Host not found)'])],
      }),
      { object: 'Pod/api', fix: 'ask for db.shop.svc.cluster.local (Service/db is there)' },
    ],
    'of a Service that was asked for by its full name': [
      aSnapshot({
        complete: ['Service'],
        objects: [victim(), db],
        logs: [aLog('api', ['ERROR lookup db.shop.svc.cluster.local: no such host'])],
      }),
      { object: 'Pod/api', fix: 'see why Service/db does not answer' },
    ],
    'of that Service alone where another member is ready': [
      seeking({}, [aPod('api-1', { metadata: { labels: { app: 'api' } } })]),
      alone,
    ],
    'of a variable that it spells differently, rather than of the host that it therefore never got': [
      aSnapshot({
        complete,
        objects: [
          victim({ command: ['sh', '-c', 'wget "$DB_URL"'], env: [{ name: 'DB_UR', value: 'http://db:80' }] }),
          db,
        ],
        logs: [aLog('api', ["wget: bad address ''"])],
      }),
      {
        object: 'Pod/api',
        problem: '(its command uses DB_URL, which env does not have; it has DB_UR)',
        fix: 'rename DB_UR in env of container app to DB_URL',
      },
    ],
    'of the Service behind a cluster IP, as a symptom that it explains': [
      saying("nc: can't connect to remote host (10.96.126.34): Connection refused", db),
      {
        object: 'Pod/api',
        problem: 'crashes 60 s after start with exit code 1: cannot reach Service/db (connection refused)',
        certainty: 'message',
        evidence: ['Connection refused', 'has 0 ready endpoints'],
        fix: 'make Service/db answer first',
      },
    ],
    'of a Service in another namespace by its name': [
      saying(
        'panic: dial tcp: lookup queue.infra.svc.cluster.local on 10.96.0.10:53: server misbehaving',
        anObject('Service', 'queue', { metadata: { namespace: 'infra' }, spec: {} }),
      ),
      { object: 'Pod/api', problem: 'cannot reach Service/queue in namespace infra (no such host)' },
    ],
    'of a Service whose endpoints may not be read': [
      aSnapshot({
        complete: ['Service'],
        objects: [victim(), db],
        logs: [aLog('api', ['ERROR connect ECONNREFUSED db:5432'])],
      }),
      {
        object: 'Pod/api',
        problem: 'cannot reach Service/db port 5432 (connection refused)',
        evidence: ['has endpoints that could not be seen'],
        fix: 'see why Service/db does not answer: its ports',
      },
    ],
    'of a name that has no Service': [
      saying('Error: getaddrinfo ENOTFOUND cache'),
      { object: 'Pod/api', problem: 'cannot reach Service/cache (there is no Service/cache in namespace shop)' },
    ],
    'of a name that comes near that of a Service, with the variable that holds it': [
      aSnapshot({
        complete,
        objects: [
          victim({ env: [{ name: 'DB_HOST', value: 'postgress' }] }),
          anObject('Service', 'postgres', { spec: { selector: { app: 'postgres' } } }),
        ],
        logs: [aLog('api', ['Error: getaddrinfo ENOTFOUND postgress'])],
      }),
      {
        object: 'Pod/api',
        problem: 'there is no Service/postgress in namespace shop, but there is postgres',
        fix: 'change postgress to postgres in env[DB_HOST]',
      },
    ],
    'of the host with which a line right before connects when the failure names none': [
      aSnapshot({
        complete,
        objects: [victim(), db],
        logs: [
          aLog('api', [
            'INFO Opening TCP socket to db:5432',
            'ERROR Socket connect returned errno 111 - connection refused',
          ]),
        ],
      }),
      { object: 'Pod/api', problem: 'cannot reach Service/db port 5432 (connection refused)', certainty: 'message' },
    ],
    'of a host that no Service has before the setting that the log says to check': [
      aSnapshot({
        complete,
        objects: [
          victim({ env: [{ name: 'DB_HOST', value: 'orders-db-prod' }] }),
          anObject('Service', 'orders-db', { spec: { selector: { app: 'orders-db' } } }),
        ],
        logs: [
          aLog('api', [
            'FATAL: giving up after 10 attempts - database orders-db-prod:5432/orders is unreachable. Check the DB_HOST environment variable.',
          ]),
        ],
      }),
      {
        object: 'Pod/api',
        problem: 'there is no Service/orders-db-prod in namespace shop, but there is orders-db',
        fix: 'change orders-db-prod to orders-db in env[DB_HOST]',
      },
    ],
    'of the host that a line right after names as the target': [
      aSnapshot({
        complete,
        objects: [victim()],
        logs: [aLog('api', ['ERROR connection refused', 'Target host: prod-db, port: 3333'])],
      }),
      { object: 'Pod/api', problem: 'cannot reach Service/prod-db port 3333 (there is no Service/prod-db' },
    ],
    'of a name that .NET could not look up': [
      aSnapshot({
        complete,
        objects: [victim({ env: [{ name: 'CONNECTION', value: 'Host=orders;Username=u;Database=shop' }] })],
        logs: [
          aLog('api', [
            'Unhandled exception. System.Net.Sockets.SocketException (00000001, 11): Resource temporarily unavailable',
            '   at System.Net.Dns.GetHostEntryOrAddressesCore(String hostName)',
          ]),
        ],
      }),
      { object: 'Pod/api', problem: 'cannot reach Service/orders (there is no Service/orders' },
    ],
    'of the host that a line before names as its database': [
      aSnapshot({
        complete,
        objects: [victim()],
        logs: [aLog('api', ['INFO Read database URL: rates:27017', 'INFO ready to go', 'panic: no reachable servers'])],
      }),
      { object: 'Pod/api', problem: 'cannot reach Service/rates port 27017 (there is no Service/rates' },
    ],
    'of the one host in the environment when the log names none': [
      aSnapshot({
        complete,
        objects: [victim({ env: [{ name: 'DATABASE_URL', value: 'postgres://u:p@db:5432/shop' }] }), db],
        logs: [aLog('api', ['FATAL could not connect: Connection refused'])],
      }),
      { object: 'Pod/api', problem: 'cannot reach Service/db port 5432 (connection refused)', certainty: 'inferred' },
    ],
    'of the Service, not of the product that the log names': [
      saying('ERROR Lost connection to Redis: Connection refused (ECONNREFUSED) db:6379', db),
      { object: 'Pod/api', problem: 'cannot reach Service/db port 6379 (connection refused)' },
    ],
    'of a database that a client cannot reach for whatever reason': [
      saying("Error: P1001: Can't reach database server at `db:5432`", db),
      { object: 'Pod/api', problem: 'cannot reach Service/db port 5432 (no connection)' },
    ],
    'of the port that one of two lines about a Service names': [
      aSnapshot({
        complete,
        objects: [victim(), db],
        logs: [
          aLog('api', [
            'Connection timed out (host=db port=5433)',
            "wget: can't connect to remote host (10.96.126.34): No route to host",
          ]),
        ],
      }),
      { object: 'Pod/api', problem: 'cannot reach Service/db port 5433 (no answer in time)' },
    ],
    'of the connection before a line that only says that it is over': [
      aSnapshot({
        complete,
        objects: [victim(), db],
        logs: [aLog('api', ['ERROR dial tcp 10.96.126.34:5432: connect: connection refused', 'FATAL giving up'])],
      }),
      { object: 'Pod/api', problem: 'cannot reach Service/db port 5432 (connection refused)' },
    ],
    'of a host outside of the cluster': [
      saying('ERROR Get "https://api.example.com/v1": dial tcp: lookup api.example.com: i/o timeout'),
      {
        object: 'Pod/api',
        problem: 'cannot reach api.example.com (no answer in time)',
        fix: 'make api.example.com reachable',
      },
    ],
  },
});
