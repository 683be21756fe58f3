import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { aNamespace, apply, cluster, deleteNamespaces, eventually, kubeconfig, kubectl } from './bed.ts';

let namespace: string;
const watches: ChildProcess[] = [];

beforeAll(async () => {
  namespace = await aNamespace('watched');
  await apply(namespace, readFileSync('tests/e2e/healthy.yaml', 'utf8'));
  await kubectl('rollout', 'status', 'deployment/web', '-n', namespace, '--timeout=120s');
  await kubectl('rollout', 'status', 'statefulset/store', '-n', namespace, '--timeout=120s');
  await kubectl('wait', '--for=condition=complete', 'job/once', '-n', namespace, '--timeout=120s');
});
afterEach(() => {
  for (const child of watches.splice(0)) child.kill('SIGKILL');
});
afterAll(() => deleteNamespaces([namespace]));

/** `diagnose --watch` of the namespace, once it has shown its first answer. */
async function aWatch() {
  const child = spawn(process.execPath, ['dist/kubemend.js', 'diagnose', '-n', namespace, '--watch'], {
    env: { ...process.env, KUBECONFIG: await kubeconfig(), NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  watches.push(child);
  const said = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said.out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said.err += text;
  });
  const ended = once(child, 'exit').then(([status]) => status as number | null);
  const answers = () => said.out.split(/^--- .*\n/m);
  await eventually(async () => expect(said.out).toContain('Nothing is wrong'));
  return { child, ended, answers, errors: () => said.err };
}

const scale = (replicas: number) => kubectl('scale', 'deployment/web', '-n', namespace, `--replicas=${replicas}`);

describe('diagnose --watch', () => {
  it('shows what breaks and that it is mended, and nothing between', async () => {
    const { answers } = await aWatch();

    await kubectl('annotate', 'deployment/web', '-n', namespace, 'touched=yes', '--overwrite');
    await sleep(5_000);
    expect(answers()).toHaveLength(1);
    await scale(0);
    await eventually(async () => expect(answers()).toHaveLength(2));
    await scale(2);
    await eventually(async () => expect(answers()).toHaveLength(3));

    expect(answers()[1]).toContain('Deployment/web was scaled from 2 to 0 replicas');
    expect(answers()[2]).toContain('Nothing is wrong');
  });

  it('says that the API server is away, claims nothing meanwhile, and goes on when it is back', async () => {
    const { answers, errors } = await aWatch();

    try {
      await cluster('stop-apiserver');
      await eventually(async () =>
        expect(errors()).toMatch(/API server at .* (broke|cannot be reached)|Nothing listens/),
      );
    } finally {
      await cluster('start-apiserver');
    }
    await eventually(async () => expect(errors()).toContain('it answers again'));
    expect(answers()).toHaveLength(1);
    await scale(0);
    await eventually(async () => expect(answers().at(-1)).toContain('Deployment/web was scaled'));
    await scale(2);
    await eventually(async () => expect(answers().at(-1)).toContain('Nothing is wrong'));
  });

  it('ends with 130 on Ctrl-C', async () => {
    const { child, ended, errors } = await aWatch();

    child.kill('SIGINT');

    expect(await ended).toBe(130);
    expect(errors()).toBe('');
  });

  it('ends when nobody reads any more', async () => {
    const { child, ended, errors } = await aWatch();

    child.stdout?.destroy();
    await scale(0);

    expect(await ended).toBe(130);
    expect(errors()).toBe('');
    await scale(2);
  });
});
