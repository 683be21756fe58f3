import { connect, type Socket } from 'node:net';

/** Connections to a service that somebody opened, and asks nothing through. */
export interface HeldConnections {
  /** How many of them are open at this moment. */
  readonly open: number;
  release(): void;
}

/** @param said Sent through each of them first, such as half a request. Resolves when all were let in or turned away. */
export async function heldConnections(url: string, count: number, said = ''): Promise<HeldConnections> {
  const { hostname, port } = new URL(url);
  const open = new Set<Socket>();
  const tried = Array.from({ length: count }, () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const socket = connect(Number(port), hostname, () => {
      open.add(socket);
      socket.write(said);
      resolve();
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      open.delete(socket);
      resolve();
    });
    socket.resume();
    return promise;
  });
  await Promise.all(tried);
  return {
    get open() {
      return open.size;
    },
    release() {
      for (const socket of open) socket.destroy();
    },
  };
}
