import { describe, expect, it } from 'vitest';
import { listeningIn } from '../../../../src/engines/logs/listening.ts';
import { aLog } from '../../../support/builders.ts';

const said = (...lines: string[]) => listeningIn(aLog('api', lines)).map(({ port, loopback }) => [port, loopback]);

describe('listeningIn', () => {
  it.each([
    ['listening on :8080', 8080, false],
    ['2026/11/23 12:00:00 Server listening on 0.0.0.0:3000', 3000, false],
    ['{"level":30,"msg":"Server listening at http://127.0.0.1:3000"}', 3000, true],
    ['INFO:     Uvicorn running on http://127.0.0.1:8000 (Press CTRL+C to quit)', 8000, true],
    ['Tomcat started on port 8081 (http) with context path', 8081, false],
    ['Tomcat started on port(s): 8080 (http)', 8080, false],
    ['[2026-11-23 12:00:00 +0000] [1] [INFO] Listening at: http://0.0.0.0:5000 (1)', 5000, false],
    ['Listening on [::]:9000', 9000, false],
    ['server running at node1:8080', 8080, false],
    ['started at 00:01:30 on 10.0.0.1:80', 80, false],
  ])('reads %s', (line, port, loopback) => {
    expect(said(line)).toEqual([[port, loopback]]);
  });

  it.each([
    'ERROR cannot listen on :8080',
    'listen tcp :8080: bind: address already in use',
    'connected to db:5432',
    'started job 12345',
    'INFO: Server started at Sat Nov 28 00:01:30 UTC 2026',
    'ready since 12:45',
    '[::ffff:10.244.0.1]:50380: response:404',
  ])('does not read %s', (line) => {
    expect(said(line)).toEqual([]);
  });
});
