import { describe, expect, it } from 'vitest';
import { tellingEntries } from '../../../../src/engines/logs/telling.ts';
import { aLog } from '../../../support/builders.ts';

const says = (lines: readonly string[]) => tellingEntries(aLog('api', lines))[0]?.words;

const stamp = '2026-11-26 18:00:01.200+00:00 [error] <0.152.0>';

describe('tellingEntries of many programs', () => {
  it.each<[string, readonly string[], string]>([
    [
      'the reason before a line that only says that it is the end',
      ['ERROR no listener named INTERNAL (app.Config)', 'FATAL Exiting server. (app.Main$)'],
      'no listener named INTERNAL (app.Config)',
    ],
    [
      'the reason behind a line that only says that something failed',
      ['Failed to start the server', 'Error: Failed to start the server', 'bind: no route to host'],
      'bind: no route to host',
    ],
    [
      'the error that JSON holds beside its message',
      ['{"level":"fatal","msg":"cannot start","error":"open /data/db: permission denied"}'],
      'cannot start: open /data/db: permission denied',
    ],
    [
      'the error behind the message of zap on a console',
      ['2026-11-26T18:00:01Z\tERROR\tsetup\tcannot create manager\t{"error": "no such host"}'],
      'setup cannot create manager: no such host',
    ],
    [
      'the error behind the message of klog',
      ['E1126 18:00:01.000000       1 run.go:74] "command failed" err="unknown flag: --foo"'],
      'command failed: unknown flag: --foo',
    ],
    [
      'the error that logfmt holds, without the frames of Go',
      ['level=error msg="cannot run" err="mkdir /loki: permission denied\\nmain.run\\n\\t/src/main.go:12"'],
      'cannot run: mkdir /loki: permission denied',
    ],
    ['an error of a JSON line without a level', ['{"error":"no brokers in CONFIG"}'], 'no brokers in CONFIG'],
    [
      'the innermost cause that Rust numbers',
      [
        'ERROR shop: src/main.rs:88: cannot load the configuration',
        'Error: cannot load the configuration',
        '',
        'Caused by:',
        '    0: cannot parse /etc/shop.toml',
        '    1: TOML parse error at line 3, column 9',
        '         |',
        '       3 | port = "x"',
        '         |        ^^^',
        '       invalid type: string "x", expected u16',
      ],
      'TOML parse error at line 3, column 9: invalid type: string "x", expected u16',
    ],
    [
      'what an exception of C++ says',
      ["terminate called after throwing an instance of 'std::runtime_error'", '  what():  cannot open /config: denied'],
      'cannot open /config: denied',
    ],
    [
      'what Elixir raised, not the term that the runtime prints of it',
      [
        'ERROR! Config provider failed with:',
        '** (RuntimeError) environment variable SHOP_URL is missing.',
        '    (elixir 1.11.2) lib/code.ex:341: Code.eval_file/3',
        `{"init terminating in do_boot",{#{'__exception__'=>true,message=><<101,110>>},[]}}`,
        'init terminating in do_boot ({,[{elixir,recur_eval,3,[{_},{_}]}]})',
        'Crash dump is being written to: erl_crash.dump...done',
      ],
      'ERROR! Config provider failed with: ** (RuntimeError) environment variable SHOP_URL is missing.',
    ],
    [
      'the message in a term of Erlang where nothing else says it',
      [`{"init terminating in do_boot",{#{message=><<"no \\"SEED\\" is set">>},[{'Elixir.System',fetch_env!,1}]}}`],
      'no \\"SEED\\" is set',
    ],
    [
      'the reason in a report of RabbitMQ, of which every line is stamped',
      [
        `${stamp}     supervisor: {local,shop_sup}`,
        `${stamp}     errorContext: start_error`,
        `${stamp}     reason: {epmd_error,"shop-0",`,
        `${stamp}              timeout}`,
      ],
      'reason: {epmd_error,"shop-0",timeout}',
    ],
    [
      'an error that the entry point prints, not the usage below it',
      ['Error: unknown flag: --shop', 'Usage:', '  api [flags]', '', 'Flags:', '  --name string   must not be empty'],
      'unknown flag: --shop',
    ],
    [
      'what is wrong with a file, not the lines that follow from it',
      [
        "/etc/named.conf:30: expected prefix length near '16,192'",
        'loading configuration: unexpected token',
        'exiting',
      ],
      "/etc/named.conf:30: expected prefix length near '16,192'",
    ],
    [
      'what the system refused, not what fails of it',
      [
        '[ERROR] Error writing file \'./redo\' (Errcode: 28 "No space left on device")',
        '[ERROR] Aborting',
        "[ERROR] Error on close of '(null)' (Errcode: 9)",
      ],
      'Error writing file \'./redo\' (Errcode: 28 "No space left on device")',
    ],
    [
      'what was tried in vain, not what follows from it',
      [
        ...Array.from({ length: 4 }, () => '[ERROR] Unable to lock ./shop1 error: 11'),
        '[ERROR] Cannot open the data dictionary',
        '[ERROR] Storage engine cannot be loaded',
      ],
      'Unable to lock ./shop1 error: 11',
    ],
    [
      'what a program prints past its logger, not a warning before that',
      [
        'WARN  ==> ALLOW_EMPTY_PASSWORD is set',
        'INFO found a database',
        "Error executing 'install': migration failed.",
      ],
      "Error executing 'install': migration failed.",
    ],
    [
      'what the next lines say of an announced error',
      ['ERROR Invalid settings:', '  # This setting must be a path', '  # File does not exist: /etc/rules', '  ok'],
      'Invalid settings: # This setting must be a path # File does not exist: /etc/rules',
    ],
    [
      'what an error with only a code means',
      ['Error: P3009', '', 'found a migration that will not be applied twice', '', 'ELIFECYCLE Command failed: x'],
      'found a migration that will not be applied twice',
    ],
    [
      'what supervisord says of a program, not of itself',
      [
        '2026-11-26 18:00:01,126 CRIT Supervisor is running as root.  Set user=root to avoid this message.',
        '2026-11-26 18:00:02,126 INFO exited: shop (exit status 1; not expected)',
        '2026-11-26 18:00:03,126 INFO gave up: shop entered FATAL state, too many start retries too quickly',
      ],
      'gave up: shop entered FATAL state, too many start retries too quickly',
    ],
    [
      'what is wrong, not the advice below it',
      ['shop: command not found: worker', 'Install missing executables with `shop install`'],
      'shop: command not found: worker',
    ],
    [
      'who speaks for one of several processes',
      [
        "12:00:01 web.1 | /app/config/puma.rb:3:in `read': no such file - config/shop.rb (Errno::ENOENT)",
        "12:00:01 web.1 |   from /app/config/puma.rb:3:in `load'",
        '12:00:01 system | web.1 exited with code 1',
      ],
      'no such file - config/shop.rb (Errno::ENOENT) (puma.rb:3)',
    ],
    [
      'a reason in a log that is indented as a whole',
      [
        ' *** Starting worker ***',
        " /app/definition.rb:540:in `materialize': Could not find shop-6.5.0 (Bundler::GemNotFound)",
      ],
      'Could not find shop-6.5.0 (Bundler::GemNotFound)',
    ],
    [
      'a fatal error of nginx that looks like a call',
      ['nginx: [emerg] bind() to [::1]:8444 failed (99: Cannot assign requested address)', 'nginx: test failed'],
      'bind() to [::1]:8444 failed (99: Cannot assign requested address)',
    ],
    [
      'the exception, not what it quotes of its server as a level',
      ['org.shop.SqlException: FATAL: no role "app"', '\tat org.shop.Db.connect(Db.java:3)'],
      'SqlException: FATAL: no role "app" (Db.java:3)',
    ],
    [
      'why the process that crashed did so',
      ['model.cu:9132: out of memory', 'error starting runner: the runner process has terminated'],
      'model.cu:9132: out of memory',
    ],
  ])('names %s', (_, lines, words) => {
    expect(says(lines)).toBe(words);
  });

  it('keeps an old error of a log that went on', () => {
    expect(
      says([
        ...Array.from({ length: 4 }, () => 'ERROR cannot reach db-0'),
        'INFO connected',
        'ERROR relation "orders" does not exist',
      ]),
    ).toBe('relation "orders" does not exist');
  });

  it('keeps a warning apart from the words of a program that goes on after it', () => {
    expect(says(['Unable to read the status.', 'INFO proxy: none', 'WARN dial tcp: connection refused'])).toBe(
      'dial tcp: connection refused',
    );
  });
});
