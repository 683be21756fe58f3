import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canaryScene } from '../../support/canary-scene.ts';
import { aFakeApiServer, type FakeApiServer } from '../../support/fake-api-server.ts';
import { program } from '../../support/program.ts';

const { canaries, ...scene } = canaryScene();
let server: FakeApiServer;
let environment: Readonly<Record<string, string>>;
let archive: string;

beforeAll(async () => {
  server = await aFakeApiServer({ ...scene, writable: true });
  environment = { KUBECONFIG: await server.kubeconfig() };
  archive = join(await mkdtemp(join(tmpdir(), 'kubemend-canaries-')), 'shop.kubemend.gz');
});
afterAll(() => server.close());

const web = ['deployment/web', '-n', 'shop'];
const image = ['--container', 'app', '--image', 'registry.example/app:0.9'];

describe('no canary is in what the command line prints', { timeout: 180_000 }, () => {
  it.each([
    ...['tree', 'json', 'yaml', 'markdown'].map((format) => ['diagnose', '-n', 'shop', '-o', format]),
    ...['tree', 'json'].map((format) => ['diagnose', 'pod/starting', '-n', 'shop', '-o', format]),
    ...['text', 'json', 'yaml', 'markdown'].map((format) => ['logs', '-n', 'shop', '-o', format]),
    ...['text', 'json', 'yaml'].map((format) => ['heal', 'rollback', ...web, '-o', format]),
    ['heal', 'set-image', ...web, ...image],
    ['heal', 'evict', 'pod/starting', '-n', 'shop'],
    ['heal', 'cordon', 'node/node-1'],
    ...['text', 'json', 'yaml'].map((format) => ['heal', 'list', '-n', 'shop', '-o', format]),
    ...['text', 'json'].map((format) => ['doctor', '-n', 'shop', '-o', format]),
    ['diagnose', '-n', 'shop', '--log-level', 'debug', '--log-format', 'json'],
    ['heal', '-n', 'shop', '--log-level', 'debug'],
  ])('by %s %s %s %s %s %s', async (...argv) => {
    const { out, err } = await program(
      argv.filter((word) => word !== undefined),
      { environment },
    );

    expect(`${out}${err}`.length).toBeGreaterThan(60);
    expect(canaries.leaksIn(`${out}${err}`)).toEqual([]);
  });

  it('and none in a snapshot, nor in what is told of it', async () => {
    const { status, out } = await program(['snapshot', '-n', 'shop', '-f', archive], { environment });
    const text = gunzipSync(await readFile(archive)).toString();
    const told = await program(['diagnose', '--from', archive, '-o', 'json'], {});

    expect([status, told.status]).toEqual([0, 1]);
    expect(text).toContain('"name":"web"');
    expect(canaries.leaksIn(`${out}${text}${told.out}`)).toEqual([]);
  });
});

describe('what is no secret stays', () => {
  it('names, images and keys, and which secrets are equal', async () => {
    const { out } = await program(['diagnose', '-n', 'shop', '-o', 'json'], { environment });
    await program(['snapshot', '-n', 'shop', '-f', archive, '--force'], { environment });
    const text = gunzipSync(await readFile(archive)).toString();

    for (const name of ['registry.example/app:1.0', 'Deployment', 'shop.example']) expect(out).toContain(name);
    for (const name of ['DB_PASSWORD', 'API_TOKEN', 'X-Api-Key', 'registry.example/app:0.9', 'LISTEN'])
      expect(text).toContain(name);
    const markers = text.match(/"name":"DB_PASSWORD","value":"\[REDACTED:env#[0-9a-f]{6}\]"/g) ?? [];
    expect(markers.length).toBeGreaterThan(2);
    // Of the present revision and of the older one.
    expect(new Set(markers).size).toBe(2);
  });
});
