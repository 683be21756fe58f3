import { describe, expect, it } from 'vitest';
import { connectionFailureIn, hostsIn } from '../../../../src/engines/logs/failed-hosts.ts';

describe('hostsIn', () => {
  it.each([
    ['dial tcp 10.96.0.12:5432: connect: connection refused', '10.96.0.12', 5432, 'refused'],
    ['read tcp 10.0.0.1:43210->10.0.0.2:6379: i/o timeout', '10.0.0.2', 6379, 'timeout'],
    [
      'dial tcp: lookup db.shop.svc.cluster.local on 10.96.0.10:53: no such host',
      'db.shop.svc.cluster.local',
      undefined,
      'unknown-host',
    ],
    ['redis-web could not be resolved (3: Host not found)', 'redis-web', undefined, 'unknown-host'],
    ['Failed to connect to my Hub at http://hub:8081/hub/api (attempt 3/5). Is it running?', 'hub', 8081, 'unreached'],
    ['Error starting server: Could not connect to Temporal at temporal:7233', 'temporal', 7233, 'unreached'],
    ['database:5432 - no response', 'database', 5432, 'unreached'],
    [
      '--- 8.8.8.8 ping statistics ---\n3 packets transmitted, 0 packets received, 100% packet loss',
      '8.8.8.8',
      undefined,
      'timeout',
    ],
    ['Error: getaddrinfo ENOTFOUND db', 'db', undefined, 'unknown-host'],
    ['dns: A record lookup error: lookup rpc on 10.96.0.10:53: no such host', 'rpc', undefined, 'unknown-host'],
    ['failed to resolve peer raft-0.raft: no such host', 'raft-0.raft', undefined, 'unknown-host'],
    ['request to https://files.example.com/engine.gz failed, reason: ', 'files.example.com', undefined, 'unreached'],
    ['(code=2, message=Fail connecting to server on milvus:19530, illegal params)', 'milvus', 19530, 'unreached'],
    [
      "Seed provider couldn't lookup host db-0.db.shop.svc.cluster.local",
      'db-0.db.shop.svc.cluster.local',
      undefined,
      'unknown-host',
    ],
    ['cannot reach backend: connection refused', 'backend', undefined, 'refused'],
    ['php_network_getaddresses: getaddrinfo for db failed: Name or service not known', 'db', undefined, 'unknown-host'],
    ['connect ECONNREFUSED 10.96.0.12:5432', '10.96.0.12', 5432, 'refused'],
    ['Connection refused: db:5432', 'db', 5432, 'refused'],
    ['connection to server at "db" (10.96.1.2), port 5432 failed: Connection refused', 'db', 5432, 'refused'],
    [
      'could not connect to server: Connection refused Is the server running on host "db" (10.96.1.2) and accepting TCP/IP connections on port 5432?',
      'db',
      undefined,
      'refused',
    ],
    ['could not translate host name "db" to address: Name or service not known', 'db', undefined, 'unknown-host'],
    ['java.net.UnknownHostException: db', 'db', undefined, 'unknown-host'],
    ["Can't connect to MySQL server on 'mysql:3306' (111 Connection refused)", 'mysql', 3306, 'refused'],
    ["nc: can't connect to remote host (10.96.126.34): Connection refused", '10.96.126.34', undefined, 'refused'],
    ['[emerg] 1#1: host not found in upstream "api:8080" in /etc/nginx/nginx.conf:7', 'api', 8080, 'unknown-host'],
    ['curl: (6) Could not resolve host: db', 'db', undefined, 'unknown-host'],
    ['Target host: prod-db, port: 3333: connection refused', 'prod-db', 3333, 'refused'],
    ["** server can't find api.example.invalid: NXDOMAIN", 'api.example.invalid', undefined, 'unknown-host'],
    ["nc: bad address 'db'", 'db', undefined, 'unknown-host'],
    ['Error 111 connecting to redis:6379. Connection refused.', 'redis', 6379, 'refused'],
    ["HTTPConnectionPool(host='api', port=8080): Max retries exceeded: Connection refused", 'api', 8080, 'refused'],
    ['Lost connection to Redis: Connection refused (ECONNREFUSED) redis-master:6379', 'redis-master', 6379, 'refused'],
    ['redis.exceptions.TimeoutError: Timeout connecting to server cache:6379', 'cache', 6379, 'timeout'],
    ['2026-01-01T00:00:01Z could not connect to ledger: timed out', 'ledger', undefined, 'timeout'],
    ['details = "DNS resolution failed for catalog:3550: Domain name not found"', 'catalog', 3550, 'unknown-host'],
    ['error: cannot reach http://ledger.books', 'ledger.books', undefined, 'unreached'],
    ['FATAL could not reach queue:5672, giving up', 'queue', 5672, 'unreached'],
    ['All host(s) tried for query failed (tried: db:9042) - no available connection', 'db', 9042, 'unreached'],
    ['giving up after 10 attempts - database db:5432/shop is unreachable', 'db', 5432, 'unreached'],
    ['Connection to store-svc.data.svc:5432 refused (attempt 5)', 'store-svc.data.svc', 5432, 'refused'],
    ['connection to db:5432 was refused', 'db', 5432, 'refused'],
    ['ERROR: health check to api-svc:9090 failed (status=000)', 'api-svc', 9090, 'unreached'],
    ['GET http://api/health: CONNECTION FAILED (HTTP 000)', 'api', undefined, 'unreached'],
    [
      '[grpc._channel] [_channel.py:1160] - "last error: UNKNOWN: ipv4:10.96.212.244:8013: connect: Connection refused (111)"',
      '10.96.212.244',
      8013,
      'refused',
    ],
    [
      '"GET / HTTP/1.1" 503 UF remote_connection_failure|delayed_connect_error:_Connection_refused "10.96.3.4:8080" frontend',
      '10.96.3.4',
      8080,
      'refused',
    ],
    ['redis://:***@cache:6379 connect ETIMEDOUT', 'cache', 6379, 'timeout'],
    [
      'WARN Cannot open channel to 2 at election address zk-1.zk/10.244.0.9:3888 java.net.ConnectException: Connection refused',
      'zk-1.zk',
      3888,
      'refused',
    ],
  ])('reads %s', (text, host, port, failure) => {
    expect(hostsIn(text)).toEqual([{ host, port, failure }]);
  });

  it.each([
    'permission denied',
    'connection refused',
    'connect ECONNREFUSED 127.0.0.1:5432 is fine',
    'connected to db:5432',
    'worker:9090 is done (status=0000)',
    'ERROR [my_channel.py:1160] connection refused',
    'SqlException: while establishing a connection to SQL Server: connection timed out',
    'ERROR [my_server.go:12] connection refused',
    'worker:9090 took status 0001',
    'the connection to the database is pooled, and bob:42 refused the invitation',
    'cannot reach consensus',
  ])('does not guess from %s', (text) => {
    expect(hostsIn(text).filter(({ host }) => host !== '127.0.0.1')).toEqual([]);
  });

  it.each(['10.96.0.1', '192.168.0.3', 'db.shop.svc', 'db.local', 'db'])('takes no ping of %s for a call', (host) => {
    expect(hostsIn(`--- ${host} ping statistics ---\n3 packets transmitted, 0 received, 100% packet loss`)).toEqual([]);
  });

  it('takes no ping that is answered for one that is not', () => {
    expect(hostsIn('--- 8.8.8.8 ping statistics ---\n3 packets transmitted, 3 received, 0% packet loss')).toEqual([]);
  });
});

describe('connectionFailureIn', () => {
  it.each([
    ['com.mysql.cj.jdbc.exceptions.CommunicationsException: Communications link failure', 'unreached'],
    ['gRPC config stream closed: 14, upstream connect error or disconnect/reset before headers', 'unreached'],
    ['init.sh: Could not resolve the announce ip for this pod.', 'unknown-host'],
    ['timed out waiting for the condition', undefined],
    ['npm error ERESOLVE could not resolve', undefined],
    ['Could not resolve placeholder in value', undefined],
  ])('knows of %s whether a connection failed', (text, failure) => {
    expect(connectionFailureIn(text)).toBe(failure);
  });
});
