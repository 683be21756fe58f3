import * as z from 'zod';
import { policySchema } from './healing-policy.ts';

/** The JSON Schema of a policy file, for editors and CI: docs/healing-policy.schema.json. */
export function policyJsonSchema(): Readonly<Record<string, unknown>> {
  const { $schema, ...schema } = z.toJSONSchema(policySchema, { io: 'input' });
  return {
    $schema,
    $id: 'https://kubemend.dev/schemas/healing-policy-v1.json',
    title: 'Healing policy of kubemend',
    description: 'What kubemend may heal, where and when: the file that KUBEMEND_POLICY names.',
    ...schema,
  };
}
