import { describe, expect, it } from 'vitest';
import { rules } from '../../../../src/engines/diagnosis/rules/index.ts';
import type { Snapshot } from '../../../../src/engines/snapshot.ts';
import {
  aContainer,
  aLog,
  anEvent,
  anObject,
  aPod,
  aSnapshot,
  crashed,
  minutesAgo,
} from '../../../support/builders.ts';

/** Rules that speak of a snapshot of one fault, with those that abstain out loud last, as a diagnosis runs them. */
function speaking(snapshot: Snapshot): readonly string[] {
  const first = rules
    .filter(({ last }) => last !== true)
    .flatMap((rule) => rule.check(snapshot, []).map((finding) => ({ ...finding, rule })));
  const last = rules
    .filter(({ last: late }) => late === true)
    .flatMap((rule) => rule.check(snapshot, first).map(() => rule.id));
  return [...first.map(({ rule }) => rule.id), ...last];
}

const about = { involvedObject: { kind: 'Pod', namespace: 'shop', name: 'web', fieldPath: 'spec.containers{app}' } };
const pod = (terminated: object, spec: object = {}) =>
  aPod('web', {
    containers: [aContainer('app', { ...crashed({ exitCode: 1, reason: 'Error', ...terminated }), ...spec })],
  });
const crash = (line: string, terminated: object = {}, spec: object = {}) =>
  aSnapshot({
    complete: ['Service', 'EndpointSlice'],
    objects: [pod(terminated, spec), anObject('Service', 'db', { spec: { clusterIP: '10.96.0.12' } })],
    logs: [aLog('web', line === '' ? [] : [line])],
  });
const kill = (kind: string, message: string, terminated: object, spec: object) =>
  aSnapshot({
    objects: [
      pod(terminated, spec),
      anEvent(aPod('web'), 'Unhealthy', message, { ...about, lastTimestamp: minutesAgo(2) }),
      anEvent(aPod('web'), 'Killing', `Container app failed ${kind} probe, will be restarted`, {
        type: 'Normal',
        ...about,
        lastTimestamp: minutesAgo(2),
      }),
    ],
  });
const probe = { httpGet: { path: '/x', port: 8080 }, periodSeconds: 5 };
const unready = (message: string, spec: object) =>
  aSnapshot({
    objects: [
      aPod('web', {
        containers: [
          aContainer('app', {
            ...spec,
            status: { ready: false, started: true, state: { running: { startedAt: minutesAgo(30) } } },
          }),
        ],
      }),
      anEvent(aPod('web'), 'Unhealthy', message, about),
    ],
  });
const initOf = (terminated: object) =>
  aPod('web', {
    containers: [
      aContainer('setup', { init: true, ...crashed({ exitCode: 1, reason: 'Error', ...terminated }) }),
      aContainer(),
    ],
  });
const limits = { resources: { limits: { memory: '16Mi' } } };

describe('one fault has one voice', () => {
  it.each<[string, string, Snapshot]>([
    ['a plain error', 'crash-app-error', crash('ERROR order 42 has no tenant')],
    ['a missing variable', 'log-config-parse', crash('ERROR missing API_TOKEN')],
    ['a refused password', 'log-auth-failed', crash('FATAL: password authentication failed for user "app"')],
    ['an expired certificate', 'log-tls-error', crash('ERROR x509: certificate has expired')],
    ['a missing table', 'log-migration-failed', crash('ERROR relation "orders" does not exist')],
    ['a full disk', 'log-resource-exhausted', crash('ERROR write /x/y: no space left on device')],
    [
      'a full heap',
      'log-runtime-memory',
      crash('FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory', { exitCode: 134 }),
    ],
    ['an error without a log', 'crash-app-error', crash('')],
    ['exit 0', 'crash-exits-zero', crash('done', { exitCode: 0, reason: 'Completed' })],
    [
      'a refused connection',
      'crash-dependency-down',
      crash('ERROR dial tcp 10.96.0.12:5432: connect: connection refused'),
    ],
    [
      'a read-only file system',
      'crash-filesystem-permission',
      crash("mkdir: can't create directory '/x/': Read-only file system"),
    ],
    ['a port in use', 'port-bind-conflict', crash('nc: bind: Address already in use')],
    ['exit 137', 'exit-137-sigkill', crash('', { exitCode: 137 })],
    ['exit 139', 'exit-139-134', crash('Segmentation fault', { exitCode: 139 })],
    ['exit 143', 'exit-143-sigterm', crash('Terminated', { exitCode: 143 })],
    [
      'an OOM kill at the limit',
      'oom-container-limit',
      crash('Killed', { exitCode: 137, reason: 'OOMKilled' }, limits),
    ],
    [
      'an OOM kill of a child',
      'oom-container-limit',
      crash('ERROR child died', { exitCode: 1, reason: 'OOMKilled' }, limits),
    ],
    [
      'an OOM kill at start',
      'oom-container-limit',
      crash(
        '',
        { exitCode: 128, reason: 'StartError', message: 'container init was OOM-killed (memory limit too low?)' },
        limits,
      ),
    ],
    ['an OOM kill without a limit', 'oom-node-level', crash('', { exitCode: 137, reason: 'OOMKilled' })],
    [
      'a missing command',
      'container-command-not-found',
      crash('', { exitCode: 128, reason: 'StartError', message: 'exec: "serve": executable file not found in $PATH' }),
    ],
    ['a shell that finds no command', 'container-command-not-found', crash('sh: serve: not found', { exitCode: 127 })],
    ['a missing module', 'container-command-not-found', crash("Error: Cannot find module '/app/server.js'")],
    [
      'a script that may not be run',
      'container-exec-permission',
      crash('sh: /run.sh: Permission denied', { exitCode: 126 }),
    ],
    ['a program for another processor', 'image-arch-mismatch', crash('exec /app/server: exec format error')],
    ['an init container that fails', 'init-container-crash', aSnapshot({ objects: [initOf({})] })],
    [
      'an init container without its command',
      'container-command-not-found',
      aSnapshot({
        objects: [
          initOf({ exitCode: 128, reason: 'StartError', message: 'exec: "x": executable file not found in $PATH' }),
        ],
      }),
    ],
    [
      'a liveness probe that is late, and stops a server cleanly',
      'liveness-kills-healthy-app',
      kill(
        'liveness',
        'Liveness probe failed: context deadline exceeded',
        { exitCode: 0, reason: 'Completed' },
        { livenessProbe: probe, readinessProbe: probe },
      ),
    ],
    [
      'a liveness probe with a wrong path',
      'probe-misconfigured',
      kill(
        'liveness',
        'Liveness probe failed: HTTP probe failed with statuscode: 404',
        { exitCode: 137 },
        { livenessProbe: probe },
      ),
    ],
    [
      'a liveness probe on a wrong port',
      'probe-connection-refused',
      kill(
        'liveness',
        'Liveness probe failed: dial tcp 10.0.0.1:8080: connect: connection refused',
        { exitCode: 143 },
        { livenessProbe: probe, ports: [{ containerPort: 3000 }] },
      ),
    ],
    [
      'a startup probe without patience',
      'startup-probe-too-short',
      kill(
        'startup',
        'Startup probe failed: dial tcp 10.0.0.1:8080: connect: connection refused',
        { exitCode: 137 },
        { startupProbe: probe },
      ),
    ],
    [
      'a readiness probe that gets 503',
      'probe-readiness-5xx',
      unready('Readiness probe failed: HTTP probe failed with statuscode: 503', { readinessProbe: probe }),
    ],
    [
      'a readiness probe with a wrong path',
      'probe-misconfigured',
      unready('Readiness probe failed: HTTP probe failed with statuscode: 404', { readinessProbe: probe }),
    ],
    [
      'a readiness probe that is late',
      'probe-timeout',
      unready('Readiness probe failed: context deadline exceeded', { readinessProbe: probe }),
    ],
    [
      'a readiness probe that is refused',
      'probe-connection-refused',
      unready('Readiness probe failed: dial tcp 10.0.0.1:8080: connect: connection refused', { readinessProbe: probe }),
    ],
  ])('%s: %s', (_, rule, snapshot) => {
    expect(speaking(snapshot)).toEqual([rule]);
  });
});
