import type { Clusters, Reader, Writer } from '../../src/kubernetes/ports.ts';
import { silentLogger } from '../../src/platform/logging.ts';
import type { Healing } from '../../src/tools/mend/healing.ts';
import type { AnyTool, ToolContext, ToolSettings } from '../../src/tools/tool.ts';

/** A reader that answers only what the test spells out, and throws on anything else. */
export const aReader = (answers: Partial<Reader> = {}): Reader => spelledOut<Reader>('reader', answers);

/** Clusters that answer only what the test spells out. */
export const someClusters = (answers: Partial<Clusters> = {}): Clusters => spelledOut<Clusters>('clusters', answers);

/** A writer that answers only what the test spells out. */
export const aWriter = (answers: Partial<Writer> = {}): Writer => spelledOut<Writer>('writer', answers);

/** What is not spelled out fails when it is called; optional methods stay absent. */
function spelledOut<T extends object>(what: string, answers: Partial<T>): T {
  return new Proxy(answers as T, {
    get: (target, name) => {
      const answer = Reflect.get(target, name) as unknown;
      if (answer !== undefined || optional.has(String(name))) return answer;
      return () => {
        throw new Error(`unexpected call of ${what}.${String(name)}`);
      };
    },
  });
}
const optional = new Set(['can', 'review', 'identity', 'watch', 'then']);

interface ContextFields {
  readonly reader?: Reader;
  readonly writer?: Writer;
  readonly healing?: Healing;
  readonly clusters?: Clusters;
  readonly settings?: Partial<ToolSettings>;
}

/** A tool's context around one reader; namespace `shop`, no system namespaces. */
export const aContext = ({
  reader = aReader(),
  writer = aWriter(),
  healing = spelledOut<Healing>('healing', {}),
  clusters = someClusters(),
  settings = {},
}: ContextFields = {}): ToolContext => ({
  clusters,
  reader: async () => reader,
  writer: async () => writer,
  healing: () => healing,
  log: silentLogger,
  signal: new AbortController().signal,
  enough: new AbortController().signal,
  progress: () => {},
  settings: { namespace: 'shop', allowSystemNamespaces: false, ...settings },
});

/** Runs a tool as the pipeline does: input parsed, output parsed, text rendered. */
export async function runTool(tool: AnyTool, input: Readonly<Record<string, unknown>>, context: ToolContext) {
  const data = tool.output.parse(await tool.run(tool.input.parse(input), context));
  return { data, text: tool.render(data) };
}
