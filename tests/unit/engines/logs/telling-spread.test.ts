import { describe, expect, it } from 'vitest';
import { tellingEntries } from '../../../../src/engines/logs/telling.ts';
import { aLog } from '../../../support/builders.ts';

const says = (lines: readonly string[]) => tellingEntries(aLog('api', lines))[0]?.words;

describe('tellingEntries of messages that go over lines', () => {
  it.each<[string, readonly string[], string]>([
    [
      'an exception whose brackets a later line closes',
      [
        '04:04:26.014 [main] ERROR org.apache.bookkeeper.server.Main - Failed to build bookie server',
        'org.apache.bookkeeper.bookie.BookieException$InvalidCookieException: Cookie [4',
        'journalDir: "data/journal"',
        '] is not matching with [4',
        'journalDir: "data/old"',
        ']',
        '\tat org.apache.bookkeeper.bookie.Cookie.verify(Cookie.java:147)',
      ],
      'BookieException$InvalidCookieException: Cookie [4 journalDir: "data/journal" ] is not matching with [4 journalDir: "data/old" ]',
    ],
    [
      'what a YAML parser of Java found, below where it was',
      [
        'Exception in thread "main" java.lang.RuntimeException: Error parsing YAML configuration.',
        '\tat org.apache.flink.configuration.GlobalConfiguration.load(GlobalConfiguration.java:351)',
        'Caused by: org.snakeyaml.engine.v2.exceptions.DuplicateKeyException: while constructing a mapping',
        ' in reader, line 9, column 1:',
        '    jobmanager.rpc.port: 6123',
        '    ^',
        'found duplicate key jobmanager.memory.process.size',
        ' in reader, line 316, column 1:',
        '\tat org.snakeyaml.engine.v2.constructor.ConstructYamlMap.construct(ConstructYamlMap.java:71)',
      ],
      'DuplicateKeyException: while constructing a mapping: found duplicate key jobmanager.memory.process.size (ConstructYamlMap.java:71)',
    ],
    [
      'what one of Python found',
      [
        'Traceback (most recent call last):',
        '  File "/app/main.py", line 7, in <module>',
        'yaml.parser.ParserError: while parsing a block mapping',
        '  in "/etc/app.yaml", line 1, column 1',
        "expected <block end>, but found '-'",
        '  in "/etc/app.yaml", line 4, column 1',
      ],
      "ParserError: while parsing a block mapping: expected <block end>, but found '-' (main.py:7)",
    ],
    [
      'the argument that .NET names below, and the line of an application of Microsoft',
      [
        '[16:58:48 FTL] Program terminated unexpectedly!',
        'System.ArgumentNullException: Value cannot be null.',
        'Parameter name: uriString',
        '   at System.Uri..ctor(String uriString)',
        '   at Microsoft.Shop.Startup.AddHealthChecks(IServiceCollection services) in C:\\src\\Startup.cs:line 138',
        '   at Microsoft.AspNetCore.Hosting.WebHostBuilder.Build()',
      ],
      'ArgumentNullException: Value cannot be null. Parameter name: uriString (Startup.cs:138)',
    ],
    [
      'the numbered errors below a heading',
      [
        '2026-07-07T15:18:24.763Z\tERROR\tmain\tio.trino.server.Server\tConfiguration is invalid',
        '==========',
        'Errors:',
        "1) Configuration property 'web-ui.user' was not used",
        "2) Configuration property 'web-ui.type' was not used",
        '==========',
      ],
      "Configuration is invalid: Configuration property 'web-ui.user' was not used; Configuration property 'web-ui.type' was not used",
    ],
    [
      'the argument and the call that Elixir could not evaluate, not the term of the runtime',
      [
        'ERROR! Config provider Config.Reader failed with:',
        '** (ArgumentError) errors were found at the given arguments:',
        '',
        '  * 1st argument: not a binary',
        '',
        '    :erlang.binary_to_integer(nil)',
        '    (stdlib 4.0) erl_eval.erl:744: :erl_eval.do_apply/7',
        '',
        '{"init terminating in do_boot",{badarg,[{erlang,binary_to_integer,[nil],[{error_info,#{module=>erl_erts_errors}}]}]}}',
      ],
      'ERROR! Config provider Config.Reader failed with: ** (ArgumentError) errors were found at the given arguments: * 1st argument: not a binary :erlang.binary_to_integer(nil)',
    ],
    [
      'the alert that CockroachDB found in a file',
      [
        'F200609 09:23:56.697073 1 cli/start.go:481  From /data/_CRITICAL_ALERT.txt:',
        '',
        'ATTENTION:',
        '',
        'this node is terminating because a replica inconsistency was detected',
        'and its other replicas.',
      ],
      'From /data/_CRITICAL_ALERT.txt: ATTENTION: this node is terminating because a replica inconsistency was detected',
    ],
    [
      'the cause that the SDK of AWS writes below, with what it stopped',
      [
        'F0526 08:59:02.873714       1 aws_cloud_provider.go:376] Failed to create AWS Manager: RequestError: send request failed',
        'caused by: Post https://autoscaling.eu-west-1.amazonaws.com/: dial tcp: i/o timeout',
      ],
      'Failed to create AWS Manager: RequestError: send request failed: Post https://autoscaling.eu-west-1.amazonaws.com/: dial tcp: i/o timeout',
    ],
    [
      'a traceback that Tornado indents below its bracket',
      [
        '[I 2017-11-30 13:27:51.211 JupyterHub app:720] Loading cookie_secret from env[JPY_COOKIE_SECRET]',
        '[E 2017-11-30 13:27:51.212 JupyterHub app:1527]',
        '    Traceback (most recent call last):',
        '      File "/usr/local/lib/python3.5/dist-packages/jupyterhub/app.py", line 721, in init_secrets',
        '        secret = binascii.a2b_hex(secret_env)',
        '    binascii.Error: Non-hexadecimal digit found',
      ],
      'Non-hexadecimal digit found',
    ],
    [
      'the heading of Rust too, where the innermost cause alone says next to nothing',
      [
        'Error: Failed to unlock keystore - incorrect passphrase?',
        '',
        'Caused by:',
        '    0: Failed to decrypt (wrong passphrase?)',
        '    1: Decryption failed',
      ],
      'Failed to unlock keystore - incorrect passphrase?: Decryption failed',
    ],
  ])('reads %s', (_, lines, words) => {
    expect(says(lines)).toBe(words);
  });

  it.each<[string, readonly string[], string]>([
    [
      'a command said before the program that ran it panicked of its exit status',
      [
        'iptables: Chain already exists.',
        'Failed to execute: iptables -t nat -N X, exit status 1',
        'panic: exit status 1',
        '',
        'goroutine 1 [running]:',
      ],
      'iptables: Chain already exists.',
    ],
    [
      'was wrong before a program could not go on due to the errors',
      [
        `level=error msg="Configuration: option 'clients' must have one or more clients"`,
        `level=fatal msg="Can't continue due to the errors loading the configuration"`,
      ],
      "Configuration: option 'clients' must have one or more clients",
    ],
    [
      'a database answered to a long statement',
      [
        `level=fatal msg="running db migrations: problem creating ${'a table with its columns and '.repeat(8)}indexes;: ERROR: no schema has been selected to create in"`,
      ],
      'running db migrations: problem creating a table with its columns and a table with its columns and a table with its columns and a table with its … ERROR: no schema has been selected to create in',
    ],
    [
      'logfmt without quotation marks says up to the next field',
      [
        'level=fatal msg=Could not read the keys. audience=application error=map[message:cipher: wrong key] service_name=hydra',
      ],
      'Could not read the keys: map[message:cipher: wrong key]',
    ],
  ])('tells what %s', (_, lines, words) => {
    expect(says(lines)).toBe(words);
  });

  it.each<[string, readonly string[], string]>([
    [
      'an open bracket with the lines of others',
      ['ERROR cannot start [main', '2026-11-28T03:00:00Z INFO stopped'],
      'cannot start [main',
    ],
    [
      'a numbered list with a complaint that does not announce it',
      ['ERROR cannot bind the socket', '1) start', '2) stop'],
      'cannot bind the socket',
    ],
    [
      'an open bracket with the frames below it',
      ['com.shop.StockException: no stock [4', '\tat com.shop.Stock.count(Stock.java:7)'],
      'StockException: no stock [4 (Stock.java:7)',
    ],
    [
      'the name of a parameter with a line that is no exception',
      ['ERROR cannot read the plan', 'Parameter name: weekly'],
      'cannot read the plan',
    ],
    [
      'more than three of a list of errors',
      ['ERROR Configuration is invalid', 'Errors:', '1) a is bad', '2) b is bad', '3) c is bad', '4) d is bad'],
      'Configuration is invalid: a is bad; b is bad; c is bad',
    ],
    [
      'a word that is found elsewhere with an exception that is not of YAML',
      ['com.shop.StockException: no stock while counting a box', 'found 3 boxes'],
      'StockException: no stock while counting a box',
    ],
  ])('does not join %s', (_, lines, words) => {
    expect(says(lines)).toBe(words);
  });
});
