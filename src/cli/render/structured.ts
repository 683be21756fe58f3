/** A result for programs; YAML's library is loaded only for those who ask. */
export async function structured(value: unknown, format: 'json' | 'yaml'): Promise<string> {
  if (format === 'json') return `${JSON.stringify(value, undefined, 2)}\n`;
  const { stringify } = await import('../../platform/yaml-library.ts');
  // Through JSON first: YAML must say what JSON says, and absent fields are absent in both.
  return stringify(JSON.parse(JSON.stringify(value)), { lineWidth: 0 });
}
