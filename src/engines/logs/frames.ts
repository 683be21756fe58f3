/** Where a frame of a stack trace is: `main.py:12`. */
const frames: readonly RegExp[] = [
  /^\s+File "(?<file>[^"]+)", line (?<line>\d+)/,
  /^\s+at .*\((?<file>[^()\s]+?\.(?:java|kt|scala|groovy|clj)):(?<line>\d+)\)/,
  /^\s+at .*?\(?(?:file:\/\/)?(?<file>\/[^():]+\.[cm]?[jt]sx?):(?<line>\d+):\d+\)?(?: \{)?$/,
  /^\s+at .* in (?<file>.+?):line (?<line>\d+)/,
  // Built with -trimpath a file begins with its package: `example.com/shop/load.go`.
  /^\t(?<file>[\w./~@+-]*\/[\w.-]+\.go):(?<line>\d+)/,
  /^thread '.*' panicked at (?:'.*', )?(?<file>[^':]+\.rs):(?<line>\d+)/,
  /^(?:\s*from )?(?<file>\S+\.(?:rb|ru)|bin\/\S+):(?<line>\d+):in /,
  /^#\d+ (?<file>\/[^(]+\.php)\((?<line>\d+)\)/,
];

/** Packages of Java and Kotlin that applications use and do not write: runtimes, frameworks, drivers, pools, clients. */
const javaLibraries = [
  'java|javax|jakarta|jdk|sun|com\\.sun|kotlin|kotlinx|scala|groovy|clojure|android',
  'org\\.(?:springframework|apache|hibernate|postgresql|mariadb|eclipse|flywaydb|jboss|wildfly|slf4j|jooq|quartz|mongodb)',
  'org\\.(?:elasticsearch|opensearch|redisson|liquibase|junit|mockito|aspectj|codehaus|yaml|bouncycastle|reactivestreams)',
  'com\\.(?:zaxxer|mysql|mongodb|mchange|fasterxml|rabbitmq|datastax|hazelcast|google|amazonaws|azure|microsoft|netflix)',
  'io\\.(?:netty|grpc|vertx|micrometer|micronaut|quarkus|smallrye|lettuce|undertow|ktor|opentelemetry|projectreactor|r2dbc)',
  'reactor|rx|akka|play|zio|cats|okhttp3|okio|retrofit2|feign|liquibase|oracle|redis\\.clients|ch\\.qos|software\\.amazon|net\\.bytebuddy',
].join('|');
/** The same of .NET. */
const dotnetLibraries = [
  // Microsoft writes applications too.
  'System|Microsoft\\.(?:AspNetCore|Extensions|EntityFrameworkCore|Data|Azure|Identity\\w*|CSharp|Win32|Graph)|Npgsql|MySql(?:Connector|\\.Data)|Oracle|MongoDB|StackExchange|RabbitMQ|Confluent|MassTransit|Dapper',
  'Grpc|Serilog|NLog|Autofac|Polly|Newtonsoft|Azure|Amazon|Google|Elastic|Elasticsearch|Quartz|Hangfire|MediatR|AutoMapper',
].join('|');
/** First words of the packages of Go's own library; other packages begin with a domain, or with the app's module. */
const goLibrary =
  'archive|bufio|bytes|cmd|compress|container|context|crypto|database|debug|embed|encoding|errors|expvar|flag|fmt|go|hash|html|image|internal|io|iter|log|maps|math|mime|net|os|path|plugin|reflect|regexp|runtime|slices|sort|strconv|strings|sync|syscall|testing|text|time|unicode|unsafe|vendor';

/** Frames of what the app uses: its language's own library, and packages of others. */
const notOfTheApp: readonly RegExp[] = [
  new RegExp(`^\\s+at (?:[\\w.-]+//?)?(?:${javaLibraries})\\.`),
  /^\s+at (?:java|jdk)\.[\w.]+(?:@[\w.+-]+)?\//,
  new RegExp(`^\\s+at (?:${dotnetLibraries})\\.`),
  /site-packages|dist-packages|\/lib\/python\d|<frozen/,
  /node_modules|node:internal|\(node:|\/\.(?:yarn|pnpm)\//,
  /\/go\/src\/(?:runtime|net|os|internal)|\/usr\/local\/go\/src|\/pkg\/mod\//,
  new RegExp(`^\\t(?:(?:${goLibrary})(?:/[\\w.-]+)*/[\\w.-]+\\.go|\\S+@v\\d\\S*\\.go):\\d+`),
  /\/rustc\/|\.cargo\/registry/,
  /\/gems\/|\/lib\/ruby\/|<internal:/,
  /\/vendor\//,
];

/** `main.py:12`: where the app's own code was. In Python the last frame is the innermost, elsewhere the first. */
export function frameOf(lines: readonly string[]): string | undefined {
  const own = lines.filter((line) => !isForeign(line)).flatMap((line) => placeOf(line) ?? []);
  return lines.some((line) => line.includes('Traceback (most recent')) ? own.at(-1) : own[0];
}

function placeOf(line: string): string | undefined {
  const groups = frames.map((frame) => frame.exec(line)?.groups).find((match) => match !== undefined);
  const file = groups?.['file']?.split(/[\\/]/).at(-1);
  return file === undefined ? undefined : `${file}:${groups?.['line']}`;
}

const isForeign = (line: string): boolean => notOfTheApp.some((pattern) => pattern.test(line));

const shapes =
  /^\s+(?:at |File "|\^+|from \S+:\d+)|^\s*\.\.\. \d+ more|^\s+\S+\.go:\d+|^goroutine \d+ |^created by |^\S+\((?:\{?0x.{0,200}|[^\s()]{0,200})\)$|^#\d+ |^\d+\. .{1,400} @ 0x|^['\w]+:.{1,80}\/\d+,? line \d+$/;

/** Whether a line is a part of a stack trace that names a place, not a fault. */
export const isFrame = (line: string): boolean => shapes.test(line);
