import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { script } from './bed.ts';

export interface Counted {
  readonly answered: number;
  /** Why others were not. */
  readonly failed: readonly string[];
}

/** Asks a URL of the cluster's network fifty times a second, each time over a connection of its own, until it is to count. */
export function aCountingClient(url: string): { count(): Promise<Counted> } {
  const child = spawn(script, ['exec', '--', process.execPath, '-e', asking, url], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const said = text(child.stdout);
  return {
    async count() {
      child.stdin.end();
      return JSON.parse(await said) as Counted;
    },
  };
}

const asking = `
  const { get } = require('node:http');
  const failed = [];
  let answered = 0;
  const ask = () =>
    get(process.argv[1], { agent: false, timeout: 5000 }, (response) => {
      if (response.statusCode === 200) answered++;
      else failed.push(String(response.statusCode));
      response.resume();
    })
      .on('timeout', function () { this.destroy(new Error('timeout')); })
      .on('error', ({ message }) => failed.push(message));
  const timer = setInterval(ask, 20);
  process.stdin.resume().on('end', () => {
    clearInterval(timer);
    setTimeout(() => { console.log(JSON.stringify({ answered, failed })); process.exit(); }, 1000);
  });
`;
