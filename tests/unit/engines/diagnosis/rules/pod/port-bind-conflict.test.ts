import { portBindConflict } from '../../../../../../src/engines/diagnosis/rules/pod/port-bind-conflict.ts';
import { aContainer, aLog, anObject, aPod, aSnapshot, crashed } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const dying = (spec = {}) => aContainer('metrics', { ...crashed({ exitCode: 1, reason: 'Error' }), ...spec });
const holder = aContainer('app', { ports: [{ containerPort: 8080 }] });
const saying = (line: string, containers = [dying()], spec = {}) =>
  aSnapshot({
    objects: [aPod('web', { containers, spec })],
    logs: [aLog('web', line.split('\n'), { container: 'metrics' })],
  });

testRule(portBindConflict, {
  silent: {
    'a refused connection': saying('dial tcp 10.0.0.1:8080: connect: connection refused'),
    'a file that may not be opened': saying('open /data: permission denied'),
    'a file that may not be opened, with a trace': saying(
      [
        "PermissionError: [Errno 13] Permission denied: '/data/app.db'",
        '  File "/app/db.py", line 7, in open_database',
      ].join('\n'),
    ),
    'a running container': aSnapshot({
      objects: [aPod('web')],
      logs: [aLog('web', ['ERROR bind: address already in use'])],
    }),
  },
  speaks: {
    'of the address of a Service that the program takes for its own': [
      aSnapshot({
        objects: [
          aPod('web', { containers: [dying()] }),
          anObject('Service', 'api', { spec: { clusterIP: '10.96.0.7', ports: [{ port: 80 }] } }),
        ],
        logs: [aLog('web', ['Error: listen EACCES: permission denied tcp://10.96.0.7:80'], { container: 'metrics' })],
      }),
      {
        object: 'Pod/web',
        problem: 'cannot listen on the address of a Service (Kubernetes sets API_PORT to tcp://10.96.0.7:80',
        fix: 'set enableServiceLinks to false',
      },
    ],
    'with the container that declares the port': [
      saying('Error: listen EADDRINUSE: address already in use :::8080', [holder, dying()]),
      {
        object: 'Pod/web',
        problem:
          'crashes in container metrics 60 s after start with exit code 1: cannot listen on port 8080, it is already in use (container app of the same pod declares port 8080)',
        certainty: 'message',
        evidence: ['EADDRINUSE'],
        fix: 'listen on another port',
      },
    ],
    'with the port of the complaint, not a number of its trace': [
      saying(
        [
          'Error: listen EADDRINUSE: address already in use :::3000',
          '    at Server.setupListenHandle [as _listen2] (node:net:1908:16)',
          '    at listenInCluster (node:net:1965:12)',
        ].join('\n'),
      ),
      { object: 'Pod/web', problem: 'cannot listen on port 3000, it is already in use' },
    ],
    'with the port of an address in Python': [
      saying("OSError: [Errno 98] error while attempting to bind on address ('0.0.0.0', 8000): address already in use"),
      { object: 'Pod/web', problem: 'cannot listen on port 8000, it is already in use' },
    ],
    'when the log names no port': [
      saying('nc: bind: Address already in use', [holder, dying()]),
      {
        object: 'Pod/web',
        problem: 'cannot listen on its port, it is already in use (container app of the same pod declares port 8080)',
      },
    ],
    'of a low port without the right to it': [
      saying('2026/11/23 12:00:00 [emerg] 1#1: bind() to 0.0.0.0:80 failed (13: Permission denied)', [
        dying({ securityContext: { runAsUser: 101 } }),
      ]),
      {
        object: 'Pod/web',
        problem: 'cannot listen on port 80, permission denied: it runs as user 101, and ports below 1024 need a right',
        fix: 'a port of 1024 or more',
      },
    ],
    'of .NET, whose trace alone says that it was to listen': [
      saying(
        [
          '[09:47:03 FTL] Unable to start Kestrel.',
          'System.Net.Sockets.SocketException (13): Permission denied',
          '   at System.Net.Sockets.Socket.UpdateStatusAfterSocketErrorAndThrowException(SocketError error, String callerName)',
          '   at System.Net.Sockets.Socket.DoBind(EndPoint endPointSnapshot, SocketAddress socketAddress)',
          '   at System.Net.Sockets.Socket.Bind(EndPoint localEP)',
        ].join('\n'),
        [dying({ securityContext: { runAsUser: 1001 } })],
      ),
      {
        object: 'Pod/web',
        problem:
          'cannot listen on its port, permission denied: it runs as user 1001, and ports below 1024 need a right',
      },
    ],
    'of an older .NET, whose library for that says so': [
      saying(
        [
          'System.AggregateException: One or more errors occurred. (Error -13 EACCES permission denied) ---> Microsoft.AspNetCore.Server.Kestrel.Internal.Networking.UvException: Error -13 EACCES permission denied',
          '   at Microsoft.AspNetCore.Server.Kestrel.Internal.Networking.Libuv.tcp_bind(UvTcpHandle handle, SockAddr& addr, Int32 flags)',
        ].join('\n'),
      ),
      { object: 'Pod/web', problem: 'cannot listen on its port, permission denied' },
    ],
    'with the other pod of the node when it uses the network of the host': [
      aSnapshot({
        objects: [
          aPod('agent', { containers: [dying()], spec: { hostNetwork: true } }),
          aPod('other', {
            containers: [aContainer('x', { ports: [{ containerPort: 9100 }] })],
            spec: { hostNetwork: true },
          }),
        ],
        logs: [aLog('agent', ['listen tcp :9100: bind: address already in use'], { container: 'metrics' })],
      }),
      {
        object: 'Pod/agent',
        problem: 'already in use on the node (hostNetwork)',
        evidence: ['takes port 9100 of node node-1'],
      },
    ],
  },
});
