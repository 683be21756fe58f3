import { describe, expect, it } from 'vitest';
import { type SignatureId, signatureOf, wordsOf } from '../../../../src/engines/logs/signatures.ts';

describe('signatureOf', () => {
  it.each<[SignatureId, string]>([
    ['port-in-use', 'listen tcp :8080: bind: address already in use'],
    ['permission', 'open /data/db: permission denied'],
    ['threads-exhausted', 'java.lang.OutOfMemoryError: unable to create native thread: possibly out of memory'],
    ['threads-exhausted', "RuntimeError: can't start new thread"],
    ['disk-full', 'write /data/wal/0001: no space left on device'],
    ['file-handles-exhausted', 'accept tcp [::]:8080: accept4: too many open files'],
    ['file-handles-exhausted', 'Error: ENOSPC: System limit for number of file watchers reached'],
    ['runtime-memory', 'Exception in thread "main" java.lang.OutOfMemoryError: Java heap space'],
    ['runtime-memory', 'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory'],
    ['runtime-memory', 'Traceback (most recent call last):\nMemoryError'],
    ['runtime-memory', 'fatal error: runtime: out of memory'],
    ['dns', 'dial tcp: lookup db on 10.96.0.10:53: no such host'],
    ['dns', '[emerg] 1#1: host not found in upstream "api:8080" in /etc/nginx/nginx.conf:7'],
    ['connection', 'migration failed: dial tcp 10.0.0.1:5432: connect: connection refused'],
    ['connection', 'read tcp 10.0.0.1:43210->10.0.0.2:6379: i/o timeout'],
    ['certificate-expired', 'Get "https://api": x509: certificate has expired or is not yet valid'],
    ['certificate-expired', 'Error: certificate has expired CERT_HAS_EXPIRED'],
    ['tls', 'sun.security.validator.ValidatorException: PKIX path building failed'],
    ['tls', 'ssl.SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed'],
    ['tls', 'Error: unable to verify the first certificate UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
    ['bad-credentials', 'FATAL: password authentication failed for user "app"'],
    ['bad-credentials', "Access denied for user 'app'@'10.0.0.1' (using password: YES)"],
    ['bad-credentials', 'ACCESS_REFUSED - Login was refused using authentication mechanism PLAIN'],
    ['bad-credentials', 'NOAUTH Authentication required.'],
    ['bad-credentials', 'Cannot connect to redis://redis:6379/0: Authentication required..'],
    ['bad-credentials', 'iter bucket: The Access Key Id you provided does not exist in our records.'],
    ['connection', 'org.apache.kafka.common.errors.TimeoutException: Failed to get offsets by times in 30002ms'],
    ['connection', 'health check timeout: no Elasticsearch node available'],
    ['bad-credentials', 'panic: not authorized on geo-db to execute command { find: "geo" }'],
    ['bad-credentials', 'MongoServerError: command find requires authentication'],
    ['bad-credentials', 'payment provider returned 401 Unauthorized'],
    ['bad-credentials', 'invalid Stripe API key'],
    ['config-parse', 'ERROR: Missing required configuration: database.host'],
    ['rbac', 'ERROR: cannot list pods in shop: HTTP 403'],
    ['rbac', 'pods is forbidden: User "system:serviceaccount:shop:api" cannot list resource "pods" in API group ""'],
    ['migration-failed', 'error: Dirty database version 12. Fix and force version.'],
    ['migration-failed', 'org.flywaydb.core.api.exception.FlywayValidateException: Validate failed: Migrations'],
    ['server-refuses', "redis.exceptions.ReadOnlyError: You can't write against a read only replica."],
    ['permission', "Error: EACCES: permission denied, mkdir 'logs'"],
    ['migration-failed', 'sql schema version compatibility check failed: version mismatch for database: "temporal"'],
    ['migration-failed', 'pq: relation "orders" does not exist'],
    ['migration-failed', "alembic.util.exc.CommandError: Can't locate revision identified by 'a1b2'"],
    ['pool-exhausted', 'HikariPool-1 - Connection is not available, request timed out after 30000ms.'],
    ['pool-exhausted', 'QueuePool limit of size 5 overflow 10 reached, connection timed out, timeout 30.00'],
    ['pool-exhausted', 'FATAL: sorry, too many clients already'],
    ['deadlock', 'ERROR: deadlock detected'],
    ['missing-variable', 'missing environment variable API_TOKEN'],
    ['missing-variable', 'panic: DATABASE_URL environment variable is not set'],
    ['missing-variable', "KeyError: 'DATABASE_URL'"],
    [
      'missing-variable',
      'SRCFG00014: The config property quarkus.datasource.jdbc.url is required but it could not be found',
    ],
    ['missing-variable', 'key not found: "DATABASE_URL" (KeyError)'],
    ['missing-variable', "Could not resolve placeholder 'db.url' in value"],
    ['config-parse', 'failed to parse config: yaml: line 7: mapping values are not allowed in this context'],
    ['config-parse', 'nginx: [emerg] unknown directive "prox_pass" in /etc/nginx/nginx.conf:12'],
    ['config-parse', 'SyntaxError: /app/config.json: Unexpected token } in JSON at position 12'],
    ['config-parse', 'tomllib.TOMLDecodeError: Invalid value (at line 3, column 8)'],
    ['upstream', 'upstream timed out (110: Operation timed out) while reading response header from upstream'],
  ])('knows %s in %s', (id, text) => {
    expect(signatureOf(text)).toBe(id);
  });

  it.each([
    'errors=0 failover=1',
    'migration 42 applied',
    'loaded config from /etc/app/config.yaml',
    'open /etc/app/config.yaml: no such file or directory',
    "KeyError: 'price'",
    'GET /login 401 12ms',
    'SyntaxError: Unexpected token < in JSON at position 0',
    'authenticated user app',
    'tls listener ready on :8443',
    'TypeError: x is not a function',
    'order 42 has no tenant',
    "chown: invalid user: 'app:app'",
    'SyntaxError: invalid token',
    'No .env file found, using defaults',
    'unexpected status 500 of https://cdn.example/data.json',
    'cannot list invoices of customer 7: HTTP 403',
    'Error from server (NotFound): jobs.batch "migrate" not found',
  ])('does not know %s', (text) => {
    expect(signatureOf(text)).toBeUndefined();
  });
});

describe('a line that is made to be slow', () => {
  it.each(['/a', 'A_', 'config ', 'missing '])('of %s is searched in no time', (seed) => {
    expect(signatureOf(seed.repeat(4000))).toBeUndefined();
  });
});

describe('wordsOf', () => {
  it('leaves out frames, whose names say nothing of the fault', () => {
    const lines = [
      'Exception in thread "main" java.lang.IllegalStateException: no',
      '\tat com.example.MigrationFailedHandler.run(MigrationFailedHandler.java:1)',
      'Caused by: java.io.IOException: broken',
    ];

    expect(wordsOf({ lines, message: '' })).toBe(`${lines[0]}\n${lines[2]}`);
  });
});
