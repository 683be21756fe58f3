import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { eventually, kubeconfig } from './bed.ts';
import type { Healer } from './healer.ts';

/** A policy under which a namespace of the loop's tests heals alone, with nothing that would make it wait. */
export const alone = (more = ''): string => `
cooldown: { after_success_minutes: 0, after_failure_minutes: 0 }
rules:
  - namespaces: ["*-alone-*"]
    actions: [evict_pod, restart_workload, rollback_workload]
    tier: unattended
${more === '' ? 'caps: { per_workload_hour: 50, per_workload_day: 50, per_namespace_hour: 50, per_cluster_hour: 50 }' : more}
`;

/** Writes another policy for a process that has begun, too. */
export const setPolicy = ({ env }: Healer, policy: string): void => writeFileSync(env['KUBEMEND_POLICY'] ?? '', policy);

/** `heal --watch` of one namespace. */
export interface Loop {
  /** Everything that it has printed. */
  readonly said: () => string;
  /** Waits until it has printed this, since it was asked. */
  readonly says: (words: RegExp, seconds?: number) => Promise<void>;
  /** How it ends when it is sent a signal: its status, or the signal. */
  readonly end: (signal?: 'SIGTERM' | 'SIGKILL') => Promise<number | string>;
}

export async function aLoop({ namespace, env }: Healer): Promise<Loop> {
  const child = spawn(process.execPath, ['dist/kubemend.js', 'heal', '--watch', '-n', namespace], {
    env: { ...process.env, KUBECONFIG: await kubeconfig(), NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  }
  return {
    said: () => said,
    async says(words, seconds = 90) {
      const from = said.length;
      const news = () => said.slice(from);
      await eventually(
        async () => {
          if (!words.test(news())) throw new Error(`waited for ${words}, and heard: ${said}`);
        },
        { seconds, pause: 500 },
      );
    },
    async end(signal = 'SIGTERM') {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill(signal);
        await once(child, 'exit');
      }
      return child.exitCode ?? child.signalCode ?? '';
    },
  };
}

export interface Kept {
  readonly action_id: string;
  readonly action: string;
  readonly state: string;
  readonly object: { readonly kind: string; readonly name: string };
  readonly finding?: { readonly rule: string; readonly confidence: number };
}

/** The records of what a healer's key signed in its namespace, newest first. */
export async function recordsOf(healer: Healer): Promise<readonly Kept[]> {
  const { stdout } = await healer.run('list', '-o', 'json');
  return (JSON.parse(stdout) as { actions: Kept[] }).actions;
}

/** Waits until a healer has so many actions, all of which have ended. */
export const settled = (healer: Healer, count: number, seconds = 280): Promise<readonly Kept[]> =>
  eventually(
    async () => {
      const records = await recordsOf(healer);
      const going = records.filter(({ state }) => ['planned', 'applying', 'verifying'].includes(state));
      if (records.length < count || going.length > 0)
        throw new Error(JSON.stringify(records.map(({ state }) => state)));
      return records;
    },
    { seconds, pause: 3_000 },
  );
