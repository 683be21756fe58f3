import { describe, expect, it } from 'vitest';
import { describeProbe, probeOutcome } from '../../../../src/engines/probes/outcomes.ts';

describe('probeOutcome', () => {
  it.each([
    ['Readiness probe failed: HTTP probe failed with statuscode: 404', 'rejected'],
    ['Readiness probe failed: HTTP probe failed with statuscode: 429', 'unready'],
    ['Liveness probe failed: HTTP probe failed with statuscode: 500', 'unready'],
    ['Startup probe failed: dial tcp 10.244.0.20:8080: connect: connection refused', 'refused'],
    [
      'Readiness probe failed: timeout: failed to connect service "10.244.0.32:8080" within 1s: context deadline exceeded',
      'refused',
    ],
    [
      'Readiness probe failed: Get "http://10.0.0.1/": context deadline exceeded (Client.Timeout exceeded while awaiting headers)',
      'timeout',
    ],
    ['Readiness probe failed: command timed out: "sleep 5" timed out after 1s', 'timeout'],
    [
      'Readiness probe errored and resulted in unknown state: strconv.Atoi: parsing "http": invalid syntax',
      'no-such-port',
    ],
    [
      'Readiness probe failed: Get "https://10.0.0.1/": http: server gave HTTP response to HTTPS client',
      'wrong-protocol',
    ],
    ['Readiness probe failed: service unhealthy (responded with "NOT_SERVING")', 'unready'],
    ['Readiness probe failed: something new', undefined],
  ])('reads %s', (message, outcome) => {
    expect(probeOutcome(message, { httpGet: {} })).toBe(outcome);
  });

  it('takes any other words of a command for its answer', () => {
    expect(probeOutcome('Readiness probe failed: not yet', { exec: { command: ['x'] } })).toBe('unready');
  });
});

describe('describeProbe', () => {
  it.each([
    [{ httpGet: { path: '/ready', port: 8080 } }, 'GET /ready on port 8080'],
    [{ httpGet: { port: 'web', scheme: 'HTTPS' } }, 'HTTPS GET / on port web (8443)'],
    [{ tcpSocket: { port: 'none' } }, 'TCP port none'],
    [{ grpc: { port: 9000 } }, 'gRPC port 9000'],
    [{ exec: { command: ['cat', '/tmp/ready'] } }, 'command "cat /tmp/ready"'],
  ])('describes %j', (probe, text) => {
    expect(describeProbe(probe as never, { ports: [{ name: 'web', containerPort: 8443 }] })).toBe(text);
  });
});
