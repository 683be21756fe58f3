/** One end of a passage: joins each connection to the first address with one to the second, and prints its port. */
import { connect, createServer, type ListenOptions, type NetConnectOpts } from 'node:net';

const [, , listen = '', to = ''] = process.argv;
const server = createServer((come) => {
  const gone = connect(JSON.parse(to) as NetConnectOpts);
  come.pipe(gone).pipe(come);
  const pairs = [
    [come, gone],
    [gone, come],
  ] as const;
  for (const [one, other] of pairs) one.on('error', () => other.destroy()).on('close', () => other.destroy());
});
server.listen(JSON.parse(listen) as ListenOptions, () => console.log(JSON.stringify(server.address())));
