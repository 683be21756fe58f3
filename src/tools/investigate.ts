import type { Explanation } from '../engines/diagnosis/explanation.ts';
import type { Scope } from '../engines/snapshot-data.ts';
import type { Reader } from '../kubernetes/ports.ts';
import type { ToolContext } from './tool.ts';

/** Reads what there is to know and explains it. The rules are loaded while the first answers of the API server come. */
export async function investigate(
  reader: Reader,
  scope: Scope,
  { signal, enough }: Pick<ToolContext, 'signal' | 'enough'>,
): Promise<Explanation> {
  const [data, { diagnose }] = await Promise.all([
    reader.collect(scope, signal, enough),
    import('../engines/diagnosis/diagnose.ts'),
  ]);
  return diagnose(data);
}
