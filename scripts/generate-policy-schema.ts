import { policyJsonSchema } from '../src/platform/policy-schema.ts';

/** docs/healing-policy.schema.json: what `kubemend policy schema` prints. */
export const policySchemaFile = (): string => `${JSON.stringify(policyJsonSchema(), undefined, 2)}\n`;
