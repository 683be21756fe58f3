/**
 * Whether a name, or the whole of what another pattern stands for, is among what `pattern` stands for. `*` stands for any
 * characters, also none. Takes time in proportion to the name for each part between stars.
 */
export function matchesPattern(pattern: string, name: string): boolean {
  const [head = '', ...rest] = pattern.split('*');
  const tail = rest.pop();
  if (tail === undefined) return pattern === name;
  if (name.length < head.length + tail.length || !name.startsWith(head) || !name.endsWith(tail)) return false;
  const end = name.length - tail.length;
  let from = head.length;
  for (const part of rest) {
    const at = name.indexOf(part, from);
    if (at < 0 || at + part.length > end) return false;
    from = at + part.length;
  }
  return true;
}

/** Never healed in, whatever a policy says (G14). */
export const isSystemNamespace = (namespace: string): boolean => namespace.startsWith('kube-');
