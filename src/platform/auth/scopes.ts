/** What a token may be used for, each including the ones before it. */
export const scopes = ['k8s:read', 'k8s:logs', 'k8s:heal', 'k8s:admin'] as const;
export type Scope = (typeof scopes)[number];

const isScope = (name: string): name is Scope => scopes.some((scope) => scope === name);

/** The scopes that a token has, with all that they include; others are of other services. */
export function grantedScopes(named: readonly string[]): ReadonlySet<Scope> {
  const highest = Math.max(-1, ...named.filter(isScope).map((scope) => scopes.indexOf(scope)));
  return new Set(scopes.slice(0, highest + 1));
}
