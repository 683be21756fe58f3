import { describe, expect, it } from 'vitest';
import { lastingFault } from '../../../../src/engines/logs/lasting.ts';
import { aLog, now } from '../../../support/builders.ts';
import { again, aSteadyLog } from '../../../support/complaining-pod.ts';

const clock = Date.parse(now);
const refused = 'ERROR password authentication failed for user "shop"';
const faultIn = (lines: readonly string[], ago = 0) => lastingFault(aSteadyLog(lines, { ago }), clock)?.signature;

describe('lastingFault', () => {
  it.each(
    Object.entries({
      'one error, then work': [refused, ...again(['INFO served'])],
      'errors that stopped': [...again([refused]), 'INFO connected'],
      'errors that stopped, then work': [...again([refused]), ...again(['INFO served'], 3)],
      'an attempt that failed a few times': [...again(['INFO served']), ...again([refused], 4)],
      'errors among much other work': again([refused, ...again(['INFO served'], 9)], 10),
      warnings: again(['WARN password authentication failed for user "probe"']),
      'errors of no known kind': again(['ERROR order 42 has no tenant']),
      'lines that know the cause': again(['ERROR root cause: connection refused by node-1:10250']),
      'lines that say what to run': again(['FATAL password authentication failed, run kubectl delete secret db']),
      'users that do not log in': again(['ERROR login of alice refused: invalid credentials']),
      'a database whose clients fail': again([
        '2026-11-23 12:00:00.000 UTC [77] FATAL:  password authentication failed for user "shop"',
      ]),
      'clients that do not trust a server': again([
        'ERROR http: TLS handshake error from 10.0.0.3:4711: remote error: tls: bad certificate',
      ]),
      'a database of its own words whose clients fail': again([
        'FATAL:  password authentication failed for user "shop"\nDETAIL:  Password does not match for user "shop".',
      ]),
      nothing: [],
    }),
  )('finds none in %s', (_, lines) => {
    expect(faultIn(lines)).toBeUndefined();
  });

  it('tells what is said again and again, how often, and since when', () => {
    const fault = lastingFault(aSteadyLog(['INFO up', ...again(['INFO polling', refused])]), clock);

    expect(fault).toMatchObject({ signature: 'bad-credentials', count: 20, begun: true });
    expect(fault?.first).toBe('2026-11-23T11:58:42.000Z');
    expect(fault?.last).toBe('2026-11-23T11:59:58.000Z');
    expect(fault?.tellings.map(({ essence }) => essence)).toEqual(['password authentication failed for user "shop"']);
  });

  it('takes the announcement of an attempt for no work', () => {
    const missed = 'curl: (6) Could not resolve host: users';

    expect(faultIn(again(['Trying to reach users...', missed, 'FAILED'], 10))).toBe('dns');
    expect(faultIn(again(['Terminated', 'curl: (28) Connection timed out after 4001 milliseconds'], 10))).toBe(
      'connection',
    );
    expect(faultIn(again(['Trying to reach users...', missed, 'answered from the cache', 'done'], 10))).toBeUndefined();
  });

  it('takes rules between attempts, and the heading of a ping, for no work', () => {
    const ping = [
      'PING 8.8.8.8 (8.8.8.8): 56 data bytes',
      '--- 8.8.8.8 ping statistics ---',
      '3 packets transmitted, 0 packets received, 100% packet loss',
    ];

    expect(faultIn(again([...ping, '---'], 10))).toBe('connection');
    expect(faultIn(again([...ping, 'asked another one', 'served', 'wrote a page'], 10))).toBeUndefined();
  });

  it('is silent when the last one is long ago', () => {
    expect(faultIn(again([refused]), 50)).toBe('bad-credentials');
    expect(faultIn(again([refused]), 90)).toBeUndefined();
  });

  it('believes a log whose clock is ahead', () => {
    expect(faultIn(again([refused]), -300)).toBe('bad-credentials');
  });

  it('takes a log without times by its order', () => {
    const fault = lastingFault(aLog('api', again([refused])), clock);

    expect(fault).toMatchObject({ signature: 'bad-credentials', first: undefined, last: undefined });
  });

  it('needs few that keep their rhythm up to now', () => {
    const every9Seconds = (count: number, ago: number) => ({
      ...aLog('api', []),
      lines: Array.from({ length: count }, (_, index) => ({
        at: new Date(clock - (ago + 9 * (count - 1 - index)) * 1_000).toISOString(),
        text: refused,
      })),
    });

    expect(lastingFault(every9Seconds(3, 8), clock)?.count).toBe(3);
    expect(lastingFault(every9Seconds(3, 20), clock)).toBeUndefined();
    expect(lastingFault(every9Seconds(2, 8), clock)).toBeUndefined();
  });

  it('takes a log by the times that some of its lines have', () => {
    const { lines, ...log } = aSteadyLog(again([refused]), { ago: 90 });
    const halfTimed = {
      ...log,
      lines: lines.map(({ at, text }, index) => (index % 2 === 0 && at ? { at, text } : { text })),
    };

    expect(lastingFault(halfTimed, clock)).toBeUndefined();
    expect(lastingFault(halfTimed, clock - 60_000)?.signature).toBe('bad-credentials');
  });

  it('leaves health checks out of the count', () => {
    const probes = again(['INFO GET /healthz 200 kube-probe/1.36'], 9);

    expect(faultIn(again([...probes, refused], 8))).toBe('bad-credentials');
  });

  it('takes words without a level when nothing states one and little else is said', () => {
    const words = '2026/11/23 12:00:00 http: proxy error: dial tcp 10.96.0.12:8080: connect: connection refused';

    expect(faultIn(again([words]))).toBe('connection');
    expect(faultIn(again([words, 'GET / 200', 'GET /a 200']))).toBeUndefined();
    expect(faultIn(['INFO up', ...again([words])])).toBeUndefined();
  });

  it('takes what only who logs in is told for a failure, whatever the other words', () => {
    const refusal = 'Redis error: ReplyError: NOAUTH Authentication required.';

    expect(faultIn(again([refusal]))).toBe('bad-credentials');
    expect(faultIn(again([refusal, 'served', 'served']))).toBeUndefined();
  });

  it('takes a request that an access log says could not be passed on', () => {
    const failed = '"GET / HTTP/1.1" 503 UF delayed_connect_error:_Connection_refused "10.96.3.4:8080" frontend';

    expect(faultIn(again([failed]))).toBe('connection');
    expect(faultIn(again([failed, '"GET / HTTP/1.1" 200', '"GET / HTTP/1.1" 200']))).toBeUndefined();
    expect(faultIn(again(['"GET / HTTP/1.1" 500 a template is broken']))).toBeUndefined();
  });

  it('tells two hosts that both fail', () => {
    const fault = lastingFault(
      aSteadyLog(again(['ERROR GET http://a/: 503 Service Unavailable', 'ERROR GET http://b/: 502 Bad Gateway'])),
      clock,
    );

    expect(fault?.tellings.map(({ essence }) => essence)).toHaveLength(2);
  });

  it('puts first what goes on, not what was met while others started', () => {
    const early = 'ERROR dial tcp 10.96.3.4:80: connect: connection refused';
    const late = 'ERROR dial tcp 10.96.3.4:80: i/o timeout';
    const saidFirst = (lines: readonly string[]) => lastingFault(aSteadyLog(lines), clock)?.tellings[0].essence;

    expect(saidFirst([...again([early], 9), ...again([late], 3)])).toContain('i/o timeout');
    expect(saidFirst([...again([early], 9), ...again([late], 3), ...again([early], 1), late])).toContain('refused');
  });

  describe('of a program that is asked about', () => {
    const askedIn = (lines: readonly string[], ago = 0) => lastingFault(aSteadyLog(lines, { ago }), clock, true);
    const own = 'ERROR order 42 has no tenant';
    const denied =
      'Error from server (Forbidden): pods is forbidden: User "system:serviceaccount:shop:api" cannot list resource "pods" in API group "" in the namespace "data"';
    const failing = 'result=create_failed status=500 reason=rules_differ';

    it('takes one denial for a fault when nothing else was said since', () => {
      expect(askedIn(['listing pods', denied], 300)?.signature).toBe('rbac');
      expect(askedIn([denied, 'went on without'])).toBeUndefined();
      expect(faultIn(['listing pods', denied])).toBeUndefined();
    });

    it('believes the status that a line has in a field of its own', () => {
      expect(askedIn(again([failing, 'mode=mismatch status=200'], 10))?.count).toBe(10);
      expect(askedIn(again(['mode=mismatch status=200']))).toBeUndefined();
      expect(askedIn(again(['level=error msg="no tenant" status=200']))?.count).toBe(20);
    });

    it.each(
      Object.entries({
        'an error of its own, then work': [...again([own]), ...again(['INFO served'], 3)],
        'a few errors of its own': again([own], 4),
        'errors of its own among much other work': again([own, ...again(['INFO served'], 9)], 10),
        'errors each of its own kind': ['a', 'b', 'c', 'd', 'e', 'f'].map((word) => `ERROR no ${word}`),
        'requests that the client has to change': again(['ERROR "GET /a HTTP/1.1" 404 - Endpoint missing']),
        'requests of which most are served': again([
          'ERROR "GET /a HTTP/1.1" 500 - failed: no lock',
          ...again(['INFO "GET /a HTTP/1.1" 200'], 9),
        ]),
        'attempts before it connected': [
          ...again(['ERROR dial tcp 10.0.0.2:5432: connection refused']),
          'INFO connected',
        ],
        'clients that hang up on a program that works': again([
          ...again(['INFO served'], 6),
          'ERROR write: broken pipe',
        ]),
        'lines that know the cause': again(['ERROR root cause: the order has no tenant']),
      }),
    )('finds none in %s', (_, lines) => {
      expect(askedIn(lines)).toBeUndefined();
    });

    it('hears a known fault that is much of what a young program says', () => {
      expect(askedIn(again(['INFO asking', refused, 'INFO waiting'], 3))?.count).toBe(3);
      expect(askedIn(again(['INFO asking', own, 'INFO waiting'], 3))).toBeUndefined();
    });

    it('hears a tool that states no level, as the program does that calls it', () => {
      const lines = ['INFO calling stock:80', 'wget: download timed out', 'ERROR connection timeout to stock:80'];

      expect(askedIn(again(lines))?.count).toBe(40);
      expect(lastingFault(aSteadyLog(again(lines)), clock)?.count).toBe(20);
    });

    it('hears a known fault of every request among what else each request logs', () => {
      const others = ['INFO got a request', 'INFO calling the shop', 'INFO drawn', 'INFO done', 'INFO sent'];

      expect(askedIn(again([...others, refused, 'INFO waiting']))?.signature).toBe('bad-credentials');
      expect(lastingFault(aSteadyLog(again([...others, refused, 'INFO waiting'])), clock)).toBeUndefined();
    });

    it('tells errors of no known kind', () => {
      expect(askedIn(again(['INFO got an order', own]))).toMatchObject({ signature: undefined, silent: false });
      expect(askedIn(again(['Run 3 succeeded', 'Run 4 failed with error: division by zero']))?.count).toBe(20);
    });

    it('prefers a known kind', () => {
      expect(askedIn(again([own, own, refused]))?.signature).toBe('bad-credentials');
    });

    it('weighs failed requests against those for the same path only', () => {
      const fault = askedIn(
        again(['ERROR "POST /report HTTP/1.1" 503 - took too long', ...again(['INFO "GET /a HTTP/1.1" 200'], 9)], 6),
      );

      expect(fault).toMatchObject({ signature: undefined, count: 6 });
      expect(fault?.tellings[0].essence).toContain('POST /report');
    });

    it('tells with what the log ended, and that it is silent since', () => {
      expect(askedIn(again([refused]), 600)).toMatchObject({ signature: 'bad-credentials', silent: true });
    });

    it('takes one word of an end that no program survives', () => {
      const fault = askedIn([...again(['INFO served']), 'ERROR java.lang.OutOfMemoryError: Java heap space'], 600);

      expect(fault).toMatchObject({ signature: 'runtime-memory', count: 1 });
    });
  });

  it('knows a refusal of the API server without a level', () => {
    const said =
      'Error from server (Forbidden): pods is forbidden: User "system:serviceaccount:shop:lister" cannot list resource "pods" in API group "" in the namespace "shop"';

    expect(faultIn(again(['ERROR: cannot go on', said]))).toBe('rbac');
  });
});
