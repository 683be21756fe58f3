import { describe, expect, it } from 'vitest';
import { tellingEntries } from '../../../../src/engines/logs/telling.ts';
import { aLog } from '../../../support/builders.ts';

const essences = (...lines: string[]) => tellingEntries(aLog('api', lines)).map(({ essence }) => essence);

describe('tellingEntries', () => {
  it('prefers an explicit level to words, and the later of two', () => {
    expect(
      essences('could not read cache', 'ERROR first', 'WARN slow', 'ERROR second', 'INFO failed to be shy')[0],
    ).toBe('second');
  });

  it('knows a directory in the place of a file for a complaint', () => {
    expect(essences('cat: read error: Is a directory')).toEqual(['cat: read error: Is a directory']);
    expect(essences('checking', 'validation failed: 3 rows')).toEqual(['validation failed: <n> rows']);
  });

  it('prefers a configuration that cannot be read to what was there already', () => {
    expect(
      essences(
        '2023-05-04T18:48:49.897Z\tERROR\tUnable to create SQL database.\t{"error": "pq: database \\"shop\\" already exists"}',
        'Loading config files=[config/docker.yaml]',
        'Unable to load configuration: config file corrupted: yaml: line 17: found unknown escape character.',
      )[0],
    ).toBe('Unable to load configuration: config file corrupted: yaml: line 17: found unknown escape character.');
  });

  it('takes the statement that PostgreSQL quotes for a part of its error', () => {
    expect(
      essences(
        '! Unable to load application: PG::UndefinedTable: ERROR:  relation "users" does not exist',
        'LINE 9:  WHERE a.attrelid = \'"users"\'::regclass',
        '                            ^',
      )[0],
    ).toContain('relation "users" does not exist');
  });

  it('says nothing of a log without a complaint', () => {
    expect(essences('starting', 'INFO errors=0 failover=1', 'done')).toEqual([]);
    expect(essences('compiled with 0 errors in 3 s', 'error handling enabled', '3 failed')).toEqual([]);
  });

  it('knows words for what a program does not take', () => {
    expect(
      essences(
        'BadValue: configdb supports only replica set connection string',
        "try 'mongos --help' for more information",
      )[0],
    ).toBe('BadValue: configdb supports only replica set connection string');
  });

  it('takes what could not be made for the reason why it is missing, and not the other way round', () => {
    const made = "mkdir: can't create directory '/run/app': Permission denied";
    const missed = 'fatal: open /run/app/pid: No such file or directory';
    const other = 'fatal: open /etc/app.conf: No such file or directory';

    expect(essences(made, missed)[0]).toBe(made);
    expect(essences(missed, made)[0]).not.toBe(other);
    expect(essences('INFO created /run/app', other)[0]).toContain('/etc/app.conf');
  });

  it('does not take farewells for reasons', () => {
    expect(essences('ERROR: missing API_TOKEN', 'npm ERR! code ELIFECYCLE', 'Exiting with status 1.')[0]).toBe(
      'missing API_TOKEN',
    );
  });

  it('takes what stands right before last words for the reason', () => {
    expect(
      essences("Can't handle RDB format version 12", 'Fatal error loading the DB: Invalid argument. Exiting.')[0],
    ).toBe("Can't handle RDB format version <n>");
    expect(
      essences(
        "Unrecognized VM option 'X'",
        'Error: Could not create the Java Virtual Machine.',
        'Error: A fatal exception has occurred. Program will exit.',
      )[0],
    ).toBe("Unrecognized VM option 'X'");
    expect(essences('[error] no such plugin', '[error] configuration file contains errors, aborting.')[0]).toBe(
      'no such plugin',
    );
    expect(essences('ERROR not safe to bootstrap', 'ERROR connect(gcomm://) failed: 7')[0]).toBe(
      'not safe to bootstrap',
    );
  });

  it('takes refused credentials for an error, also when no level says so', () => {
    expect(
      essences("MySQL Connection Error: (1045) Access denied for user 'wp'", 'WARNING: no database connection')[0],
    ).toContain('Access denied for user');
  });

  it('reads what Spring Boot explains below a line that says nothing', () => {
    expect(
      essences(
        '2026-11-26T18:00:01.100Z ERROR 1 --- [main] o.s.b.d.LoggingFailureAnalysisReporter   : ',
        '',
        '***************************',
        'APPLICATION FAILED TO START',
        '***************************',
        '',
        'Description:',
        '',
        "Failed to configure a DataSource: 'url' attribute is not specified.",
        '',
        'Reason: Failed to determine a suitable driver class',
        '',
        '',
        'Action:',
        '',
        'Consider the following:',
      ),
    ).toEqual([
      "Failed to configure a DataSource: 'url' attribute is not specified. Reason: Failed to determine a suitable driver class",
    ]);
  });

  it('names the field that pydantic misses', () => {
    expect(
      essences(
        'Traceback (most recent call last):',
        '  File "/app/main.py", line 5, in <module>',
        '    settings = Settings()',
        'pydantic_core._pydantic_core.ValidationError: 1 validation error for Settings',
        'redis_url',
        '  Field required [type=missing, input_value={}, input_type=dict]',
      ),
    ).toEqual(['ValidationError: <n> validation error for Settings: redis_url Field required (main.py:5)']);
  });

  it('takes what was printed for what was thrown, when it says more', () => {
    expect(
      essences(
        "Invalid environment variables: { API_KEY: [ 'Required' ] }",
        'Error: Invalid environment variables',
        '    at createEnv (file:///app/env.mjs:28:16)',
      )[0],
    ).toBe("Invalid environment variables: { API_KEY: [ 'Required' ] }");
  });

  it('finds the reason of an operator whose caches do not sync some lines before', () => {
    expect(
      essences(
        'ERROR if kind is a CRD, it should be installed: no matches for kind "Widget"',
        ...Array.from({ length: 6 }, (_, index) => `INFO stopping worker ${index}`),
        'ERROR problem running manager: timed out waiting for cache to be synced',
      )[0],
    ).toContain('no matches for kind "Widget"');
  });

  it('keeps a reason that also says that it is the end', () => {
    expect(
      essences(
        '[ERROR] --initialize specified but the data directory /var/lib/mysql has files in it. Aborting.',
        '[ERROR] The designated data directory /var/lib/mysql/ is unusable.',
      )[0],
    ).toContain('has files in it');
  });

  it('reads the failed check of Elasticsearch', () => {
    expect(
      essences(
        '{"log.level":"ERROR","message":"node validation exception\\nbootstrap check failure [1] of [1]: max virtual memory areas is too low"}',
      ),
    ).toEqual(['max virtual memory areas is too low']);
  });

  it('takes frames of Ruby for no reason', () => {
    expect(
      essences(
        'bin/rails aborted!',
        'ArgumentError: Missing `secret_key_base` for production',
        "/gems/application.rb:627:in `validate_secret_key_base'",
        "/gems/application.rb:465:in `secret_key_base'",
      )[0],
    ).toContain('ArgumentError: Missing `secret_key_base` for production');
  });

  it('takes last words for the reason when nothing before them is one', () => {
    expect(essences('INFO starting', 'WARN slow', 'ERROR license expired, exiting')[0]).toBe(
      'license expired, exiting',
    );
    expect(essences('ERROR license expired, exiting', 'INFO bye')[0]).toBe('license expired, exiting');
  });

  it('prefers the reason of a client that a script passes on to what the script makes of it', () => {
    expect(
      essences(
        "db 10:00:05.00 DEBUG ==> ERROR 1045 (28000): Access denied for user 'shop'@'10.0.0.7' (using password: YES)",
        'shop 10:01:05.20 ERROR ==> Could not connect to the database',
      )[0],
    ).toContain("Access denied for user 'shop'");
  });

  it('takes no notice of what PostgreSQL tells clients that come too early', () => {
    expect(
      essences(
        'FATAL:  that timeline is not there',
        'LOG:  shutting down',
        'FATAL:  the database system is shutting down',
      ),
    ).toEqual(['that timeline is not there']);
    expect(essences('OperationalError: FATAL:  the database system is starting up')[0]).toContain('starting up');
  });

  it('says what failed of a cause that is only a type', () => {
    expect(
      essences(
        'ERROR Unexpected exception',
        'java.lang.RuntimeException: Unable to run quorum server ',
        '\tat app.Main.main(Main.java:82)',
        'Caused by: java.io.EOFException',
        '\tat java.io.DataInputStream.readInt(DataInputStream.java:392)',
      )[0],
    ).toContain('Unable to run quorum server: EOFException');
  });

  it('says what is listed below the name of an exception', () => {
    expect(
      essences(
        'app.PrerequisitesException: Prerequisites not met:',
        'Plugin git needs another scm',
        '\tat app.Main(Main.java:7)',
      )[0],
    ).toContain('Prerequisites not met: Plugin git needs another scm');
  });

  it('says the hint that stands below a line of its own', () => {
    expect(
      essences(
        'ERROR Invalid credentials',
        '      > Please provide correct credentials',
        '      HINT:',
        '        more characters',
      )[0],
    ).toBe('Invalid credentials: more characters');
  });

  it('takes a process that ended badly for more than a warning before it', () => {
    expect(
      essences('WARN Configuration file not found', 'WARN Process exited with exit value [es]: 137', 'INFO stopped')[0],
    ).toContain('Process exited with exit value');
  });

  it("skips the API server's own complaint", () => {
    expect(essences('unable to retrieve container logs for containerd://3b97')).toEqual([]);
  });

  it("folds a Python traceback to its last exception and the app's innermost frame", () => {
    expect(
      essences(
        'Traceback (most recent call last):',
        '  File "/app/main.py", line 12, in <module>',
        '    main()',
        '  File "/usr/local/lib/python3.12/os.py", line 685, in __getitem__',
        '    raise KeyError(key) from None',
        "KeyError: 'API_TOKEN'",
      ),
    ).toEqual(["KeyError: 'API_TOKEN' (main.py:12)"]);
  });

  it('folds a Java trace to its innermost cause', () => {
    expect(
      essences(
        '2026-11-23T12:00:00.123Z ERROR 1 --- [main] o.s.boot.SpringApplication : Application run failed',
        'org.springframework.beans.factory.BeanCreationException: Error creating bean',
        '\tat org.springframework.boot.SpringApplication.run(SpringApplication.java:300)',
        'Caused by: java.net.ConnectException: Connection refused',
        '\tat java.base/sun.nio.ch.Net.pollConnect(Native Method)',
        '\tat com.example.shop.Db.connect(Db.java:42)',
        '\t... 12 more',
      )[0],
    ).toBe('ConnectException: Connection refused (Db.java:42)');
  });

  it('does not take an exception for a part of the routine line above it', () => {
    expect(
      essences(
        'INFO  [alembic.runtime.migration] Running upgrade a1 -> b2',
        'sqlalchemy.exc.ProgrammingError: relation "orders" does not exist',
      ),
    ).toEqual(['ProgrammingError: relation "orders" does not exist']);
  });

  it('folds a PHP trace', () => {
    expect(
      essences(
        'PHP Fatal error:  Uncaught PDOException: SQLSTATE[HY000] [1045] Access denied in /var/www/html/db.php:12',
        'Stack trace:',
        '#0 /var/www/html/vendor/orm/Driver.php(40): PDO->__construct()',
        '#1 /var/www/html/db.php(12): Driver->connect()',
        '#2 {main}',
        '  thrown in /var/www/html/vendor/orm/Driver.php on line 40',
      ),
    ).toEqual(['PDOException: SQLSTATE[HY000] [<n>] Access denied in /var/www/html/db.php:12 (db.php:12)']);
  });

  it('folds a Node.js trace', () => {
    expect(
      essences(
        'node:events:491',
        "      throw er; // Unhandled 'error' event",
        '      ^',
        'Error: listen EADDRINUSE: address already in use :::8080',
        '    at Server.setupListenHandle [as _listen2] (node:net:1751:16)',
        '    at Object.<anonymous> (/app/src/index.js:3:7) {',
        "  code: 'EADDRINUSE',",
        '}',
        '',
        'Node.js v24.0.0',
      )[0],
    ).toBe('listen EADDRINUSE: address already in use :::8080 (index.js:3)');
  });

  it('folds a Go panic with all its goroutines', () => {
    expect(
      essences(
        'panic: runtime error: invalid memory address or nil pointer dereference',
        '[signal SIGSEGV: segmentation violation code=0x1]',
        '',
        'goroutine 1 [running]:',
        'main.load(...)',
        '\t/app/main.go:17 +0x1d',
        'exit status 2',
      ),
    ).toEqual(['runtime error: invalid memory address or nil pointer dereference (main.go:17)']);
  });

  it('folds a .NET exception and a Rust panic', () => {
    expect(
      essences(
        'Unhandled exception. System.InvalidOperationException: no connection string',
        '   at App.Program.Main() in /src/Program.cs:line 9',
      ),
    ).toEqual(['InvalidOperationException: no connection string (Program.cs:9)']);
    expect(essences("thread 'main' panicked at src/main.rs:4:5:", 'TOKEN must be set')).toEqual([
      'TOKEN must be set (main.rs:4)',
    ]);
  });
});
