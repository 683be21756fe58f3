import { describe, expect, it } from 'vitest';
import { parseLine } from '../../../../src/engines/logs/lines.ts';

describe('parseLine', () => {
  it.each([
    [
      '{"level":50,"time":1,"msg":"listen failed","err":{"message":"EADDRINUSE"}}',
      'error',
      'listen failed: EADDRINUSE',
    ],
    ['{"severity":"WARNING","message":"slow"}', 'warn', 'slow'],
    ['{"level":"error","msg":"lost db","error":"dial tcp: refused"}', 'error', 'lost db: dial tcp: refused'],
    ['{"level":"constructor","msg":"boom"}', undefined, 'boom'],
    ['{"hello":1}', undefined, '{"hello":1}'],
    ['{not json', undefined, '{not json'],
    ['E1123 12:00:00.123456       1 server.go:42] cannot bind', 'error', 'cannot bind'],
    ['time="2026-11-23T12:00:00Z" level=fatal msg="no \\"API_KEY\\"" err=missing', 'fatal', 'no "API_KEY": missing'],
    ['2026-11-23T12:00:00.123Z ERROR boom', 'error', 'boom'],
    ['2026-11-23 12:00:00,123 [main] ERROR com.example.App - boom', 'error', 'boom'],
    [
      '2026-11-23T12:00:00.123Z ERROR 1 --- [           main] o.s.boot.SpringApplication               : Application run failed',
      'error',
      'Application run failed',
    ],
    ['ERROR:root:boom', 'error', 'boom'],
    ['[2026-11-23 12:00:00,123: ERROR/MainProcess] consumer: boom', 'error', 'consumer: boom'],
    ['2026/11/23 12:00:00 [emerg] 1#1: bind() to 0.0.0.0:80 failed', 'fatal', 'bind() to 0.0.0.0:80 failed'],
    [
      '2026-11-23 12:00:00.000 UTC [1] FATAL:  password authentication failed',
      'fatal',
      'password authentication failed',
    ],
    [
      "1:M 23 Nov 2026 12:00:00.123 # Fatal error, can't open config file",
      undefined,
      "Fatal error, can't open config file",
    ],
    ['\u001b[31merror\u001b[0m: boom', 'error', 'boom'],
    ['flyway: ERROR: Validate failed', 'error', 'Validate failed'],
    ['nginx: [emerg] unknown directive "prox_pass"', 'fatal', 'unknown directive "prox_pass"'],
    ['redis: error handling enabled', undefined, 'redis: error handling enabled'],
    ['Error opening file', undefined, 'Error opening file'],
    ['errors=0 failover=1', undefined, 'errors=0 failover=1'],
    ['2026-11-26 18:00:01 0 [ERROR] InnoDB: Unable to lock ./ibdata1', 'error', 'InnoDB: Unable to lock ./ibdata1'],
    ['2026-11-26T18:00:02.2Z 0 [ERROR] [MY-010119] [Server] Aborting', 'error', 'Aborting'],
    [
      '{"t":{"$date":"x"},"s":"F","c":"CONTROL","ctx":"main","msg":"Wrong mongod version","attr":{"error":"UPGRADE PROBLEM"}}',
      'fatal',
      'Wrong mongod version: UPGRADE PROBLEM',
    ],
    ['2026-11-26 18:00:01.000000+00:00 [error] <0.129.0> Cookie must be private', 'error', 'Cookie must be private'],
    ['2026-11-26 18:00:01.000000+00:00 [error] <0.129.0>', undefined, '[error] <0.129.0>'],
    [
      '2026.11.26 18:00:01.000000 [ 1 ] {} <Error> Application: DB::Exception: no',
      'error',
      'Application: DB::Exception: no',
    ],
    ['{"s":"F","msg":"a field of another program"}', undefined, 'a field of another program'],
    ['2026-11-26 18:00:01,100 ERROR [org.keycloak.Cli] (main) no hostname', 'error', 'no hostname'],
    ['zigbee:error 2026-11-26 18:00:01: no stick', undefined, 'zigbee:error 2026-11-26 18:00:01: no stick'],
    ['[E] no such key', 'error', 'no such key'],
    ['[ERROR   ] CWWKE1202E: no executor', 'error', 'CWWKE1202E: no executor'],
    ['[Thu Nov 26 18:00:01.000 2026] [core:error] [pid 1] no such file', 'error', 'no such file'],
    ['2026-11-26T18:00:01Z ERROR ThreadId(01) shop: src/main.rs:88: no config', 'error', 'no config'],
    ['[2026-11-26 18:00:01] production.ERROR: no database', 'error', 'no database'],
    ['FATA[0003] no such profile', 'fatal', 'no such profile'],
    ['2026-11-26T18:00:01Z E! [telegraf] no outputs', 'error', 'no outputs'],
    ['[18:00:01 INF] Seq runs', 'info', 'Seq runs'],
    ['2026-11-26 18:00:01 UTC app=web,client=FATAL: no database "x"', 'fatal', 'no database "x"'],
    ['2026-11-26 18:00:01 200 [GET] /shop', undefined, '200 [GET] /shop'],
    ['2026/11/23 12:00:00 listening on :8080', undefined, 'listening on :8080'],
  ])('takes apart %s', (text, level, message) => {
    expect(parseLine(text)).toEqual({ level, message });
  });
});
