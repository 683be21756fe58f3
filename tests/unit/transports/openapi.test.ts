import { validate } from '@readme/openapi-parser';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { errorTypes } from '../../../src/platform/errors.ts';
import { healingTools } from '../../../src/tools/healing-tools.ts';
import { tools } from '../../../src/tools/index.ts';
import { openApiOf } from '../../../src/transports/openapi.ts';
import examples from '../../../src/transports/openapi-examples.json' with { type: 'json' };
import { statusOf } from '../../../src/transports/status-of.ts';

const all = [...tools, ...healingTools];
const document = openApiOf({ tools: all, version: '1.2.3', examples });
const operations = document.paths as unknown as Record<
  string,
  { post?: { operationId: string; tags: string[]; responses: Record<string, unknown> } }
>;

describe('the OpenAPI document', () => {
  it('is valid OpenAPI 3.1', async () => {
    const copy: Parameters<typeof validate>[0] = JSON.parse(JSON.stringify(document));

    expect(await validate(copy)).toMatchObject({ valid: true, warnings: [] });
  });

  it('has an operation for every tool that is offered, and for no other', () => {
    const named = Object.values(operations).flatMap(({ post }) => post?.operationId ?? []);

    expect(named).toEqual(all.map(({ name }) => name));
    expect(Object.keys(openApiOf({ tools: [], version: '1' }).paths)).toEqual(['/api/v1/tools', '/health', '/ready']);
  });

  it('tells every status of every kind of failure', () => {
    const told = new Set(Object.values(operations).flatMap(({ post }) => Object.keys(post?.responses ?? {})));

    expect([...told].toSorted()).toEqual(
      [...new Set([200, 401, 413, 415, ...errorTypes.map((type) => statusOf[type])])].map(String).toSorted(),
    );
  });

  it('says of writes alone that a person has to approve them', () => {
    const asking = Object.values(operations).flatMap(({ post }) => (post && '428' in post.responses ? post.tags : []));

    expect(new Set(asking)).toEqual(new Set(['write']));
    expect(asking).toHaveLength(all.filter(({ access }) => access !== 'read').length);
  });

  it('shows of every reading tool a call that its schemas take', () => {
    for (const { name, input, output } of tools) {
      const example = examples[name as keyof typeof examples];
      const { success, ...data } = example.answer;

      expect([name, success]).toEqual([name, true]);
      expect(z.safeParse(input, example.arguments).error).toBeUndefined();
      expect(z.safeParse(output, data).error).toBeUndefined();
    }
  });
});
