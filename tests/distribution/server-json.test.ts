import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { toolFolder } from './tools.ts';

const root = resolve(import.meta.dirname, '../..');
const read = (path: string) => JSON.parse(readFileSync(path, 'utf8'));
const server = read(join(root, 'server.json'));

describe('server.json', () => {
  it('is what its schema wants, as the registry checks it', () => {
    // Its keywords for documentation are no part of JSON Schema.
    const ajv = new Ajv({ strict: false, allErrors: true });
    formats.default(ajv);
    const date = basename(dirname(server.$schema));
    const valid = ajv.compile(read(join(toolFolder(), 'server-json', `${date}.json`)));

    valid(server);
    expect(valid.errors).toBeNull();
    expect(valid({ ...server, packages: [{}] })).toBe(false);
  });

  it('is of the newest schema that the registry knows', () => {
    const [newest = ''] = readdirSync(join(toolFolder(), 'server-json'))
      .filter((file) => file.endsWith('.json'))
      .toSorted()
      .toReversed();

    expect(server.$schema).toContain(`/${basename(newest, '.json')}/`);
  });
});
