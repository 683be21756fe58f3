import type { Container } from './objects.ts';

/** A limit that a language runtime was given for its heap. */
export interface HeapLimit {
  readonly bytes: number;
  /** As it stands in the container: `-Xmx512m`. */
  readonly text: string;
}

const units: Readonly<Record<string, number>> = { '': 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 };

/** The heap limit in a container's command, arguments or literal environment: Java, Node.js (MiB) or Go. */
export function heapLimitIn({ command = [], args = [], env = [] }: Container): HeapLimit | undefined {
  const texts = [...command, ...args, ...env.map(({ name, value = '' }) => `${name}=${value}`)];
  for (const text of texts) {
    const java = /-Xmx(\d+)([kmg]?)\b/i.exec(text);
    if (java !== null) return { bytes: Number(java[1]) * (units[(java[2] ?? '').toLowerCase()] ?? 1), text: java[0] };
    const node = /--max[-_]old[-_]space[-_]size=(\d+)/.exec(text);
    if (node !== null) return { bytes: Number(node[1]) * 2 ** 20, text: node[0] };
    const go = /^GOMEMLIMIT=(\d+)([KMG]?)i?B$/.exec(text);
    if (go !== null) return { bytes: Number(go[1]) * (units[(go[2] ?? '').toLowerCase()] ?? 1), text: go[0] };
  }
  return undefined;
}
