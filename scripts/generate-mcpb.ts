import type { McpbManifestAny } from '@anthropic-ai/mcpb';
import { ownVariable, plainDescription, settingFacts, settingsSchema } from '../src/platform/config.ts';
import { tools } from '../src/tools/index.ts';
import { packageFacts, repositoryUrl } from './package-facts.ts';

type UserConfig = NonNullable<McpbManifestAny['user_config']>;

/** Settings that a person at a desktop may want to have otherwise, with the words for them there. */
const asked = {
  kubeconfig: { type: 'file', title: 'Kubeconfig', default: '' },
  clusters: { type: 'string', title: 'Contexts', default: '' },
  k8sNamespace: { type: 'string', title: 'Namespace', default: '' },
  heal: { type: 'boolean', title: 'Healing', default: false },
  demo: { type: 'boolean', title: 'Demo', default: false },
} as const satisfies Partial<Record<keyof typeof settingsSchema.shape, Omit<UserConfig[string], 'description'>>>;

/** mcpb/manifest.json: how a desktop client starts the bundle, and what it asks its user before. */
export function mcpbManifest(): string {
  const { name, version, description, keywords, license, bugs, engines } = packageFacts;
  const userConfig: UserConfig = Object.fromEntries(
    Object.entries(asked).map(([key, words]) => [key, { ...words, description: meaningOf(key), required: false }]),
  );
  const manifest = {
    manifest_version: '0.4',
    name,
    display_name: name,
    version,
    description,
    author: { name, url: repositoryUrl },
    repository: { type: 'git', url: repositoryUrl },
    homepage: packageFacts.homepage,
    documentation: `${repositoryUrl}/blob/main/docs/clients.md`,
    support: bugs,
    license,
    keywords,
    server: {
      type: 'node',
      entry_point: 'dist/kubemend.js',
      mcp_config: {
        command: 'node',
        args: ['${__dirname}/dist/kubemend.js', 'serve'],
        env: Object.fromEntries(Object.keys(asked).map((key) => [ownVariable(key), `\${user_config.${key}}`])),
      },
    },
    tools: tools.map((tool) => ({ name: tool.name, description: tool.description })),
    // Healing adds to both.
    tools_generated: true,
    prompts_generated: true,
    user_config: userConfig,
    compatibility: { platforms: ['darwin', 'win32', 'linux'], runtimes: { node: engines.node } },
  } satisfies McpbManifestAny;
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

function meaningOf(key: string): string {
  const [, schema] = Object.entries(settingsSchema.shape).find(([each]) => each === key) ?? [];
  const facts = schema && settingFacts.get(schema);
  if (facts === undefined) throw new Error(`There is no setting ${key}.`);
  return plainDescription(facts);
}
