import { describe, expect, it } from 'vitest';
import { runtimeErrorRule, startErrorIn } from '../../../../src/engines/starting/errors.ts';
import { aLog } from '../../../support/builders.ts';

describe('runtimeErrorRule', () => {
  it.each([
    // runc 1.1, as on a real node
    ['exec: "slep": executable file not found in $PATH: unknown', 'container-command-not-found'],
    ['exec: "/app/server": stat /app/server: no such file or directory: unknown', 'container-command-not-found'],
    ['exec: "/scripts/start.sh": permission denied: unknown', 'container-exec-permission'],
    [
      'error mounting "/v" to rootfs at "/etc/app": mount /v:/etc/app: not a directory: unknown',
      'container-mount-conflict',
    ],
    ['error during container init: mkdir /etc/passwd: not a directory: unknown', 'container-mount-conflict'],
    ['failed to prepare subPath for volumeMount "v" of container "app"', 'container-mount-conflict'],
    ['cannot load seccomp profile "/p.json": open /p.json: no such file or directory', 'container-security-rejected'],
    ["container's runAsUser breaks non-root policy", 'container-security-rejected'],
    // runc 1.0, crun, runc 1.2
    [
      'error mounting "/v" to rootfs at "/app.conf": not a directory: unknown: Are you trying to mount a directory onto a file (or vice-versa)?',
      'container-mount-conflict',
    ],
    ['executable file `slep` not found in $PATH: No such file or directory', 'container-command-not-found'],
    ['exec: "/bin": is a directory: unknown', 'container-exec-permission'],
    ['write /proc/thread-self/attr/apparmor/exec: no such file or directory: unknown', 'container-security-rejected'],
    ['exec /server: exec format error', 'image-arch-mismatch'],
  ])('knows %s', (message, rule) => {
    expect(runtimeErrorRule(message)).toBe(rule);
  });

  it.each([
    'container init was OOM-killed (memory limit too low?): unknown',
    'mkdir /run/containerd/io: no space left on device',
    'failed to reserve container name "app_web_0": name is reserved for "abc"',
    'context deadline exceeded',
  ])('leaves %s to others', (message) => {
    expect(runtimeErrorRule(message)).toBeUndefined();
  });
});

describe('startErrorIn', () => {
  it.each([
    [
      "/app/server: /lib/x86_64-linux-gnu/libc.so.6: version `GLIBC_2.34' not found (required by /app/server)",
      'container-command-not-found',
      'GLIBC_2.34',
    ],
    [
      "Framework: 'Microsoft.AspNetCore.App', version '8.0.0' (x64)",
      'container-command-not-found',
      "Microsoft.AspNetCore.App', version '8.0.0",
    ],
    ['sh: srever: not found', 'container-command-not-found', 'srever'],
    ['sh: exec: line 0: srever: not found', 'container-command-not-found', 'srever'],
    ['/bin/sh: 1: srever: not found', 'container-command-not-found', 'srever'],
    ['bash: line 1: srever: command not found', 'container-command-not-found', 'srever'],
    ['bash: /app/run.sh: No such file or directory', 'container-command-not-found', '/app/run.sh'],
    ['sh: 0: cannot open /app/run.sh: No such file', 'container-command-not-found', '/app/run.sh'],
    [
      "python3: can't open file '/app/main.py': [Errno 2] No such file or directory",
      'container-command-not-found',
      '/app/main.py',
    ],
    ["ModuleNotFoundError: No module named 'flask'", 'container-command-not-found', 'flask'],
    [
      'Bundler::GemNotFound: Could not find bundler-audit-0.6.1 in any of the sources',
      'container-command-not-found',
      'bundler-audit-0.6.1',
    ],
    [
      '{:exception=>#<LoadError: no such file to load -- logstash/outputs/syslog>, :name=>"syslog"}',
      'container-command-not-found',
      'logstash/outputs/syslog',
    ],
    ['Error: Unable to access jarfile /app.jar', 'container-command-not-found', '/app.jar'],
    ['Could not open input file: artisan', 'container-command-not-found', 'artisan'],
    ['ruby: No such file or directory -- app.rb (LoadError)', 'container-command-not-found', 'app.rb'],
    [
      'Error loading shared library libz.so.1: No such file or directory (needed by /app)',
      'container-command-not-found',
      'libz.so.1',
    ],
    ['exec /run.sh: no such file or directory', 'container-command-not-found', '/run.sh'],
    ['exec /run.sh: permission denied', 'container-exec-permission', '/run.sh'],
    ['sh: /s/run.sh: Permission denied', 'container-exec-permission', '/s/run.sh'],
    ["/bin/sh: can't open '/s/run.sh': Permission denied", 'container-exec-permission', '/s/run.sh'],
    ['exec /server: exec format error', 'image-arch-mismatch', '/server'],
    ['standard_init_linux.go:228: exec user process caused: exec format error', 'image-arch-mismatch', 'the program'],
  ])('knows %s', (line, rule, what) => {
    expect(startErrorIn(aLog('web', ['starting', line]), rule === 'container-exec-permission' ? 126 : 1)).toEqual({
      rule,
      line,
      what,
    });
  });

  it.each([
    'WARN plugin geoip not found, continuing',
    'GET /favicon.ico 404 not found',
    "open '/etc/app.conf': No such file or directory",
    "cat: can't open '/etc/tls/tls.key': Permission denied",
    // bash, of a file that it may not write
    'sh: /stackable/data/myid: Permission denied',
    '/docker-entrypoint.sh: line 37: /etc/phpmyadmin/config.secret.inc.php: Permission denied',
    "cat: can't open '/etc/app.conf': No such file or directory",
    'psql: error: connection to server failed: FATAL: role "app" not found',
  ])('leaves %s to others', (line) => {
    expect(startErrorIn(aLog('web', [line]), 1)).toBeUndefined();
  });

  it('believes the end of a log only', () => {
    const lines = ['sh: optional-tool: not found', ...Array.from({ length: 40 }, (_, index) => `tick ${index}`)];

    expect(startErrorIn(aLog('web', lines), 1)).toBeUndefined();
  });
});
