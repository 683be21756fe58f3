const patterns: readonly RegExp[] = [
  /["'`](\/[^"'`\n]+)["'`]/,
  /\b(?:open|mkdir|create|creat|directory|write|writing|read|reading|unlink|rename|chmod|chown|access|stat|file|path|to|touch|rm) (\/[^\s'"`:,;)]+)/i,
  /(?<![\w./:-])(\/[\w@-][^\s'"`:,;)]*)/,
];

/** The path that a complaint is about; `undefined` when it names no absolute one. */
export const pathIn = (text: string): string | undefined =>
  patterns.map((pattern) => pattern.exec(text)?.[1]).find((path) => path !== undefined);

/** Whether a path lies on what is mounted there; the root holds everything and says nothing. */
export const isUnder = (path: string, mountPath: string): boolean => {
  const folder = mountPath.replace(/\/+$/, '');
  return folder !== '' && (path === folder || path.startsWith(`${folder}/`));
};
