import { spawn } from 'node:child_process';
import { inTurn, ms, type Row } from './measure.ts';

const runs = 11;

/** A live diagnosis of one namespace, against kubectl reading its pods and events. Needs KUBECONFIG, and kubectl in PATH. */
export async function measureLive(namespace: string | undefined): Promise<readonly Row[]> {
  if (namespace === undefined) return [];
  const live = await inTurn(
    runs,
    () => timed(process.execPath, 'dist/kubemend.js', 'diagnose', '-n', namespace, '-o', 'json'),
    () => timed('kubectl', 'get', 'pods,events', '-n', namespace, '-o', 'json'),
  );
  return [
    {
      what: `live \`diagnose -n ${namespace}\`, against \`kubectl get pods,events -o json\``,
      measured: `${live.ratio.toFixed(2)}× (${ms(live.a)} against ${ms(live.b)})`,
      limit: '2×',
      aim: '',
    },
  ];
}

/** Milliseconds of a whole process. */
function timed(command: string, ...args: string[]): Promise<number> {
  const began = performance.now();
  return new Promise((resolve, reject) => {
    spawn(command, args, { stdio: 'ignore' })
      .on('error', reject)
      .on('close', () => resolve(performance.now() - began));
  });
}
