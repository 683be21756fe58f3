import { ownVariable, plainDescription, settingFacts, settingsSchema } from '../src/platform/config.ts';
import { packageFacts, repositoryUrl } from './package-facts.ts';

/** The settings that a client asks its user for; the others have good defaults. */
const asked = ['kubeconfig', 'clusters', 'heal', 'demo'] as const satisfies (keyof typeof settingsSchema.shape)[];

/**
 * server.json: what the MCP registry knows of the package. The image belongs to a cluster, where Kubernetes starts it, so
 * that clients are told of the npm package alone.
 */
export function serverJson(): string {
  const { name, version, description, mcpName } = packageFacts;
  const server = {
    $schema: 'https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json',
    name: mcpName,
    title: name,
    description: description.split(':')[0],
    version,
    websiteUrl: packageFacts.homepage,
    repository: { url: repositoryUrl, source: 'github' },
    packages: [
      {
        registryType: 'npm',
        identifier: name,
        version,
        runtimeHint: 'npx',
        transport: { type: 'stdio' },
        packageArguments: [{ type: 'positional', value: 'serve' }],
        environmentVariables: asked.map(variableOf),
      },
    ],
  };
  return `${JSON.stringify(server, null, 2)}\n`;
}

function variableOf(key: (typeof asked)[number]) {
  const facts = settingFacts.get(settingsSchema.shape[key]);
  return {
    name: ownVariable(key),
    description: facts && plainDescription(facts),
    format: formats[facts?.value ?? 'switch'] ?? 'string',
    isRequired: false,
    isSecret: false,
  };
}

const formats: Readonly<Record<string, string>> = { switch: 'boolean', path: 'filepath' };
