import type { Explanation } from '../engines/diagnosis/explanation.ts';
import type { Scope } from '../engines/snapshot-data.ts';
import type { Reader } from '../kubernetes/ports.ts';
import { inSpan } from '../platform/in-span.ts';
import type { ToolContext } from './tool.ts';

/** Reads what there is to know and explains it. The engines are loaded while the first answers come. */
export async function investigate(
  reader: Reader,
  scope: Scope,
  { signal, enough }: Pick<ToolContext, 'signal' | 'enough'>,
): Promise<Explanation> {
  const engines = () => import('../engines/index.ts');
  const data = await inSpan({ name: 'collect', kind: 'internal' }, () =>
    reader.collect(scope, signal, { enough, asked: () => void engines() }),
  );
  const { diagnose } = await engines();
  return inSpan({ name: 'explain', kind: 'internal' }, async () => diagnose(data));
}
