import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve, sep } from 'node:path';
import { getMcpConfigForManifest, unpackExtension, vAny } from '@anthropic-ai/mcpb';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { afterAll, describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const home = mkdtempSync(join(tmpdir(), 'kubemend-mcpb-'));
const folder = join(home, 'unpacked');
const maximumBytes = 3 * 1024 * 1024;

const packed = execFileSync('npm', ['run', '--silent', 'build:mcpb'], { cwd: root, encoding: 'utf8' });
const bundle = join(root, packed.trim().split('\n').at(-1) ?? '');

/** Connects as a desktop client does: by what the unpacked manifest says, and what its user has chosen. */
async function connect(userConfig: Readonly<Record<string, string | boolean>>) {
  const manifest = vAny.McpbManifestSchema.parse(JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')));
  const config = await getMcpConfigForManifest({
    manifest,
    extensionPath: folder,
    systemDirs: { HOME: home },
    userConfig: { ...userConfig },
    pathSeparator: sep,
  });
  const client = new Client({ name: 'a-desktop', version: '1.0.0' });
  await client.connect(
    new StdioClientTransport({
      command: config?.command ?? '',
      args: [...(config?.args ?? [])],
      env: { PATH: dirname(process.execPath), HOME: home, LOG_LEVEL: 'error', ...config?.env },
    }),
  );
  return { client, manifest };
}

afterAll(() => rmSync(home, { recursive: true }));

describe('the bundle for desktops', () => {
  it('unpacks', async () => {
    expect(await unpackExtension({ mcpbPath: bundle, outputDir: folder, silent: true })).toBe(true);
  });

  it('is small', () => {
    expect(readFileSync(bundle).length).toBeLessThan(maximumBytes);
  });

  it('runs as its manifest says, with the tools that it lists, and diagnoses the demo', async () => {
    const { client, manifest } = await connect({ demo: true });

    const { tools } = await client.listTools();
    const { structuredContent } = await client.callTool({ name: 'diagnose', arguments: { all_namespaces: true } });
    const version = client.getServerVersion();
    await client.close();

    expect(tools.map(({ name }) => name)).toEqual(manifest.tools?.map(({ name }) => name));
    expect(structuredContent).toMatchObject({ success: true, verdict: 'unhealthy' });
    expect(version).toMatchObject({ name: manifest.name, version: manifest.version });
  });

  it('offers more where its user wants healing', async () => {
    const { client } = await connect({ heal: true, kubeconfig: '/nowhere/kubeconfig' });

    const { tools } = await client.listTools();
    await client.close();

    expect(tools.map(({ name }) => name)).toContain('rollback_workload');
  });
});
