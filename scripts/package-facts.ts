import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

/** What package.json says of the product; everything that is published elsewhere says the same. */
export const packageFacts = z
  .object({
    name: z.string(),
    version: z.string(),
    description: z.string(),
    keywords: z.array(z.string()),
    license: z.string(),
    homepage: z.url(),
    bugs: z.url(),
    repository: z.object({ type: z.literal('git'), url: z.string() }),
    mcpName: z.string(),
    engines: z.object({ node: z.string() }),
  })
  .parse(JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8')));

/** The repository as people open it. */
export const repositoryUrl = packageFacts.repository.url.replace(/^git\+/, '').replace(/\.git$/, '');
