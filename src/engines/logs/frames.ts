/** Where a frame of a stack trace is: `main.py:12`. */
const frames: readonly RegExp[] = [
  /^\s+File "(?<file>[^"]+)", line (?<line>\d+)/,
  /^\s+at .*\((?<file>[^()\s]+?\.(?:java|kt|scala|groovy|clj)):(?<line>\d+)\)/,
  /^\s+at .*?\(?(?:file:\/\/)?(?<file>\/[^():]+\.[cm]?[jt]sx?):(?<line>\d+):\d+\)?(?: \{)?$/,
  /^\s+at .* in (?<file>.+?):line (?<line>\d+)/,
  /^\t(?<file>\/\S+\.go):(?<line>\d+)/,
  /^thread '.*' panicked at (?:'.*', )?(?<file>[^':]+\.rs):(?<line>\d+)/,
  /^(?:\s*from )?(?<file>\S+\.(?:rb|ru)|bin\/\S+):(?<line>\d+):in /,
  /^#\d+ (?<file>\/[^(]+\.php)\((?<line>\d+)\)/,
];

const notOfTheApp =
  /site-packages|dist-packages|\/usr\/(?:local\/)?lib\/python|<frozen|node_modules|node:internal|\/usr\/local\/go\/src|\/pkg\/mod\/|\/go\/src\/runtime|^\s+at (?:java|javax|jakarta|jdk|sun|com\.sun|kotlin|scala|io\.netty|com\.zaxxer|reactor|org\.(?:springframework|apache|hibernate|postgresql|eclipse|flywaydb|jboss))\.|^\s+at (?:System|Microsoft|Npgsql)\.|^\s+at java\.base\/|\/rustc\/|\/gems\/|\/vendor\/|\/usr\/(?:local\/)?lib\/ruby|<internal:/;

/** `main.py:12`: where the app's own code was. In Python the last frame is the innermost, elsewhere the first. */
export function frameOf(lines: readonly string[]): string | undefined {
  const own = lines.filter((line) => !notOfTheApp.test(line)).flatMap((line) => placeOf(line) ?? []);
  return lines.some((line) => line.includes('Traceback (most recent')) ? own.at(-1) : own[0];
}

function placeOf(line: string): string | undefined {
  const groups = frames.map((frame) => frame.exec(line)?.groups).find((match) => match !== undefined);
  const file = groups?.['file']?.split(/[\\/]/).at(-1);
  return file === undefined ? undefined : `${file}:${groups?.['line']}`;
}
