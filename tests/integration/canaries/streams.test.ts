import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeLog, type LogLines } from '../../../src/kubernetes/log-lines.ts';
import { createCanaries } from '../../support/canaries.ts';
import { canaryScene } from '../../support/canary-scene.ts';
import { aFakeApiServer, type FakeApiServer } from '../../support/fake-api-server.ts';
import { program } from '../../support/program.ts';
import { aPrivateKey, secretForms, secretLine } from '../../support/secret-lines.ts';

const canaries = createCanaries();
const forms = [...secretForms, 'key over lines'];
const textOf = (form: string): string => {
  const secret = canaries.at(form);
  return `before Ünï\n${form === 'key over lines' ? aPrivateKey(secret) : secretLine(form, secret)}\nafter\n`;
};

/** What comes of a log whose bytes arrive in these blocks. */
function decoded(blocks: readonly Uint8Array[]): string {
  const lines: LogLines[number][] = [];
  const decoder = decodeLog((taken) => void lines.push(...taken));
  for (const block of blocks) decoder.push(block);
  decoder.end();
  return lines.map(({ text }) => text).join('\n');
}

describe('a log in two blocks, cut at every byte, shows no canary', () => {
  it.each(forms.map((form) => [form] as const))('in the form %s', (form) => {
    const bytes = Buffer.from(textOf(form));
    const texts = Array.from({ length: bytes.length + 1 }, (_, at) =>
      decoded([bytes.subarray(0, at), bytes.subarray(at)]),
    );

    expect(new Set(texts).size).toBe(1);
    expect(canaries.leaksIn(texts[0] ?? '')).toEqual([]);
    expect(texts[0]).toContain('after');
  });
});

it('a log that comes byte by byte shows no canary', () => {
  const texts = forms.map((form) => decoded(Array.from(Buffer.from(textOf(form)), (byte) => Uint8Array.of(byte))));

  expect(canaries.leaksIn(texts.join('\n'))).toEqual([]);
});

describe('over the network', () => {
  const { canaries: planted, ...scene } = canaryScene();
  const [container = '', lines = []] = Object.entries(scene.logs)[0] ?? [];
  let server: FakeApiServer;
  let environment: Readonly<Record<string, string>>;

  beforeAll(async () => {
    server = await aFakeApiServer(scene);
    environment = { KUBECONFIG: await server.kubeconfig() };
  });
  afterAll(() => server.close());

  it.each([1, 7, 64, 1000])('a log in chunks of %d bytes shows no canary', async (size) => {
    const bytes = Buffer.from(lines.map((line) => `2026-01-02T03:04:05.123456789Z ${line}\n`).join(''));
    server.on(
      ({ path }) => path.endsWith('/log'),
      (_request, response) => {
        for (let at = 0; at < bytes.length; at += size) response.write(bytes.subarray(at, at + size));
        response.end();
      },
    );
    const { out, err } = await program(['logs', `pod/${container.split('/')[1]}`, '-n', 'shop', '-o', 'json'], {
      environment,
    });

    expect(out).toContain('fatal');
    expect(planted.leaksIn(out + err)).toEqual([]);
  });
});
