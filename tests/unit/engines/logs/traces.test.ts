import { describe, expect, it } from 'vitest';
import { entriesOf } from '../../../../src/engines/logs/entries.ts';
import { foldTrace } from '../../../../src/engines/logs/traces.ts';
import { aLog } from '../../../support/builders.ts';

const folded = (...lines: string[]) => entriesOf(aLog('api', lines)).flatMap((entry) => foldTrace(entry) ?? []);

describe('foldTrace', () => {
  it('reads Java to the last cause and the first frame of the app', () => {
    expect(
      folded(
        'Exception in thread "main" java.lang.IllegalStateException: cannot start',
        '\tat com.example.shop.Main.main(Main.java:10)',
        'Caused by: org.postgresql.util.PSQLException: FATAL: password authentication failed for user "app"',
        '\tat org.postgresql.core.v3.ConnectionFactoryImpl.doAuthentication(ConnectionFactoryImpl.java:693)',
        '\tat com.example.shop.Db.connect(Db.java:42)',
        '\t... 5 more',
      ),
    ).toEqual([
      {
        language: 'java',
        type: 'IllegalStateException',
        message: 'cannot start',
        frame: 'Db.java:42',
        cause: { type: 'PSQLException', message: 'FATAL: password authentication failed for user "app"' },
        lines: 6,
      },
    ]);
  });

  it('reads an exception that Java logged under a complaint', () => {
    expect(
      folded(
        '2026-11-23 12:00:00,123 [main] ERROR com.example.App - cannot load orders',
        'java.util.NoSuchElementException: no value',
        '\tat java.base/java.util.Optional.orElseThrow(Optional.java:377)',
        '\tat com.example.App.load(App.java:7)',
      ),
    ).toMatchObject([{ language: 'java', type: 'NoSuchElementException', message: 'no value', frame: 'App.java:7' }]);
  });

  it('reads Python to its last exception, and to what that was raised from', () => {
    expect(
      folded(
        'Traceback (most recent call last):',
        '  File "/app/db.py", line 5, in connect',
        '    raise OSError("refused")',
        'OSError: refused',
        '',
        'The above exception was the direct cause of the following exception:',
        '',
        'Traceback (most recent call last):',
        '  File "/app/main.py", line 12, in <module>',
        '    main()',
        'app.errors.StartError: no database',
      ),
    ).toEqual([
      {
        language: 'python',
        type: 'StartError',
        message: 'no database',
        frame: 'main.py:12',
        cause: { type: 'OSError', message: 'refused' },
        lines: 11,
      },
    ]);
  });

  it('reads Node.js with its cause in brackets', () => {
    expect(
      folded(
        'Error: cannot load config',
        '    at load (file:///app/src/config.mjs:8:9)',
        '    at node:internal/main:1:2 {',
        '  [cause]: SyntaxError: Unexpected token } in JSON at position 12',
        '      at JSON.parse (<anonymous>)',
        '      at read (/app/src/read.js:3:15)',
        '}',
      ),
    ).toEqual([
      {
        language: 'node',
        type: 'Error',
        message: 'cannot load config',
        frame: 'read.js:3',
        cause: { type: 'SyntaxError', message: 'Unexpected token } in JSON at position 12' },
        lines: 7,
      },
    ]);
  });

  it('reads a Go panic', () => {
    expect(
      folded(
        'panic: assignment to entry in nil map',
        '',
        'goroutine 1 [running]:',
        'runtime.mapassign_faststr(0x1, 0x2)',
        '\t/usr/local/go/src/runtime/map_faststr.go:203 +0x3c5',
        'main.load(...)',
        '\t/app/load.go:17 +0x1d',
      ),
    ).toMatchObject([
      { language: 'go', type: 'panic', message: 'assignment to entry in nil map', frame: 'load.go:17' },
    ]);
  });

  it.each(["`fetch'", "'Hash#fetch'"])('reads Ruby that quotes methods as %s', (method) => {
    expect(
      folded(
        `/app/config.rb:5:in ${method}: key not found: "API_TOKEN" (KeyError)`,
        "\tfrom /usr/local/bundle/gems/rack-3.0/lib/rack.rb:1:in 'call'",
        "\tfrom /app/main.rb:2:in '<main>'",
      ),
    ).toMatchObject([
      { language: 'ruby', type: 'KeyError', message: 'key not found: "API_TOKEN"', frame: 'config.rb:5' },
    ]);
  });

  it('reads .NET to its inner exception', () => {
    expect(
      folded(
        'Unhandled exception. System.InvalidOperationException: cannot start',
        ' ---> Npgsql.PostgresException (0x80004005): 28P01: password authentication failed for user "app"',
        '   at Npgsql.Internal.NpgsqlConnector.Open() in /src/Npgsql.cs:line 9',
        '   --- End of inner exception stack trace ---',
        '   at Shop.Program.Main(String[] args) in /src/Shop/Program.cs:line 14',
      ),
    ).toMatchObject([
      {
        language: 'dotnet',
        type: 'InvalidOperationException',
        frame: 'Program.cs:14',
        cause: { type: 'PostgresException', message: '28P01: password authentication failed for user "app"' },
      },
    ]);
  });

  it.each([
    ['a pool of connections', 'com.zaxxer.hikari.HikariConfig.validate(HikariConfig.java:1020)'],
    ['a framework', 'org.springframework.boot.SpringApplication.run(SpringApplication.java:312)'],
    ['a driver', 'org.mariadb.jdbc.Driver.connect(Driver.java:70)'],
    ['a client', 'io.lettuce.core.RedisClient.connect(RedisClient.java:216)'],
    ['the runtime', 'java.base/java.lang.reflect.Method.invoke(Method.java:580)'],
    ['a named loader', 'app//com.fasterxml.jackson.databind.ObjectMapper.readValue(ObjectMapper.java:3847)'],
  ])('takes the first frame of the app, not of %s', (_, library) => {
    const trace = [
      'java.lang.IllegalStateException: broken',
      `\tat ${library}`,
      '\tat com.acme.orders.Config.load(Config.java:31)',
    ];

    expect(folded(...trace)).toMatchObject([{ frame: 'Config.java:31' }]);
  });

  it('names no frame when the app has none of its own', () => {
    const trace = [
      'java.lang.IllegalStateException: broken',
      '\tat com.zaxxer.hikari.HikariConfig.validate(HikariConfig.java:1020)',
      '\tat org.apache.tomcat.Main.main(Main.java:1)',
    ];

    expect(folded(...trace)).toMatchObject([{ frame: undefined }]);
  });

  it('reads a Go panic of a binary that was built with -trimpath', () => {
    expect(
      folded(
        'panic: runtime error: invalid memory address or nil pointer dereference',
        '',
        'goroutine 1 [running]:',
        'net/http.(*Server).Serve(0x0)',
        '\tnet/http/server.go:3285 +0x4b4',
        'github.com/lib/pq.Open({0x0, 0x0})',
        '\tgithub.com/lib/pq@v1.10.9/conn.go:243 +0x3c',
        'main.main()',
        '\texample.com/shop/main.go:12 +0x1d',
      ),
    ).toMatchObject([{ language: 'go', frame: 'main.go:12' }]);
  });

  it('takes the first frame of a .NET app, not of its drivers', () => {
    expect(
      folded(
        'Unhandled exception. StackExchange.Redis.RedisConnectionException: refused',
        '   at StackExchange.Redis.ConnectionMultiplexer.Connect() in /_/src/ConnectionMultiplexer.cs:line 708',
        '   at Shop.Cache.Open() in /src/Shop/Cache.cs:line 21',
      ),
    ).toMatchObject([{ language: 'dotnet', frame: 'Cache.cs:21' }]);
  });

  it('reads a trace that a structured line carries in a field', () => {
    const stack = 'TypeError: x is not a function\n    at run (/app/src/run.js:4:2)';

    expect(folded(JSON.stringify({ level: 50, msg: 'failed', err: { message: 'x', stack } }))).toMatchObject([
      { language: 'node', type: 'TypeError', message: 'x is not a function', frame: 'run.js:4' },
    ]);
  });

  it.each([
    ['a plain line', ['starting']],
    ['indented output', ['usage:', '  serve   starts it', '  stop    ends it']],
    ['a stanza of YAML', ['config:', '  host: db', '  port: 5432']],
  ])('is silent about %s', (_, lines) => {
    expect(folded(...lines)).toEqual([]);
  });
});
