import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** The connections of a server. */
export interface Connections {
  /** Whether an answer is on its way through a connection already. */
  answers(socket: Socket): boolean;
}

/**
 * Keeps at most so many connections. One more takes the place of the one that has asked nothing for longest, so that those
 * who only hold connections keep out nobody, least of all a probe; only where every one of them waits for an answer it is
 * closed. Node's own `maxConnections` closes whoever comes last, who may be the kubelet.
 */
export function boundConnections(server: Server, most: number): Connections {
  // Those that asked last come last.
  const open = new Map<Socket, Set<ServerResponse>>();
  const idle = (): Socket | undefined => open.entries().find(([, answering]) => answering.size === 0)?.[0];

  server.on('connection', (socket) => {
    if (open.size >= most) {
      const leaving = idle() ?? socket;
      open.delete(leaving);
      leaving.destroy();
      if (leaving === socket) return;
    }
    open.set(socket, new Set());
    socket.once('close', () => open.delete(socket));
  });
  server.on('request', ({ socket }, response) => {
    const answering = open.get(socket);
    if (answering === undefined) return;
    answering.add(response);
    open.delete(socket);
    open.set(socket, answering);
    response.once('close', () => answering.delete(response));
  });
  return { answers: (socket) => [...(open.get(socket) ?? [])].some(({ headersSent }) => headersSent) };
}
