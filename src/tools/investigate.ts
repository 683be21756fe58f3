import type { Explanation } from '../engines/diagnosis/explanation.ts';
import type { Scope } from '../engines/snapshot-data.ts';
import type { Reader } from '../kubernetes/ports.ts';

/** Reads what there is to know and explains it. The rules are loaded while the first answers of the API server come. */
export async function investigate(reader: Reader, scope: Scope, signal: AbortSignal): Promise<Explanation> {
  const [data, { diagnose }] = await Promise.all([
    reader.collect(scope, signal),
    import('../engines/diagnosis/diagnose.ts'),
  ]);
  return diagnose(data);
}
