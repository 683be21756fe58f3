import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultPolicy } from '../../../src/platform/healing-policy.ts';
import { checkPolicy, loadPolicy, problemLine } from '../../../src/platform/load-policy.ts';
import { aPolicy, policyFile } from '../../support/policies.ts';

const problemsOf = async (text: string): Promise<readonly string[]> =>
  (await checkPolicy(text)).problems.map(problemLine);

const allFields =
  'there is no such field; there are version, paused, namespaces, rules, default_tier, protected_labels, caps, cooldown, windows';

describe('checkPolicy', () => {
  it.each([
    ['an empty text', ''],
    ['comments', '# nothing yet\n'],
    ['an empty document', '---\n'],
    ['null', 'null'],
    ['no fields', '{}'],
  ])('takes %s for the defaults', async (_what, text) => {
    expect(await checkPolicy(text)).toEqual({ policy: defaultPolicy, problems: [] });
  });

  it.each([
    ['YAML', 'paused: true\nnamespaces:\n  deny: [bank, "*-prod"]\ncaps: { max_cpu: 0.5 }\n'],
    ['JSON', '{"paused": true, "namespaces": {"deny": ["bank", "*-prod"]}, "caps": {"max_cpu": "0.5"}}'],
    [
      'YAML with a mark of its encoding and lines as Windows ends them',
      '\ufeffpaused: true\r\nnamespaces: {deny: [bank, "*-prod"]}\r\ncaps: {max_cpu: 0.5}\r\n',
    ],
  ])('reads %s', async (_what, text) => {
    const { policy } = await checkPolicy(text);

    expect(policy).toEqual(aPolicy({ paused: true, namespaces: { deny: ['bank', '*-prod'] }, caps: { max_cpu: 0.5 } }));
  });

  it('reads times of day without quotes', async () => {
    const { policy } = await checkPolicy('windows: [{from: 22:00, to: 04:00}]');

    expect(policy?.windows).toMatchObject([{ from: '22:00', to: '04:00' }]);
  });

  it('lists everything that is wrong, in order, with lines and what is near', async () => {
    const text = [
      'namepsaces: { allow: [shop] }',
      'rules:',
      '  - tier: aprove',
      '    actions: [restart_workload, evict]',
      '  - teir: advice',
      'windows:',
      '  - { from: "08:00", to: "08:00" }',
      '  - { from: "08:00", time_zone: Europe/Berln }',
      'caps: { per_workload_hour: -1, max_memory: 64, per_pod: 1 }',
      'cooldown: 5',
      'protected_labels: { a: true, "b c": d }',
    ].join('\n');

    expect(await problemsOf(text)).toEqual([
      'line 1: namepsaces: there is no such field; did you mean namespaces?',
      'line 3: rules[0].tier: "aprove" must be one of advice, approve, unattended; did you mean approve?',
      'line 4: rules[0].actions[1]: "evict" must be one of restart_workload, scale_workload, rollback_workload, resize_workload, set_image, evict_pod, cordon_node, drain_node, undo_action; did you mean evict_pod?',
      'line 5: rules[1].tier: is missing; it must be one of advice, approve, unattended',
      'line 5: rules[1].teir: there is no such field; did you mean tier?',
      'line 7: windows[0].to: "08:00" is when the window begins; a whole day is from "00:00" to "24:00"',
      'line 8: windows[1].to: is missing; it must be a time of day, HH:MM in quotes: "08:30"',
      'line 8: windows[1].time_zone: "Europe/Berln" is no time zone that is known here; did you mean Europe/Berlin?',
      'line 9: caps.per_workload_hour: -1 must be at least 0',
      'line 9: caps.max_memory: 64 must be an amount of memory with its unit, such as 64Gi or 512Mi',
      'line 9: caps.per_pod: there is no such field; there are per_workload_hour, per_workload_day, per_namespace_hour, per_cluster_hour, resizes_per_workload_day, nodes_cordoned, max_replicas, max_memory, max_cpu',
      'line 10: cooldown: 5 must be an object',
      'line 11: protected_labels.a: true must be text: put it in quotes',
      'line 11: protected_labels.b c: is no name of a label',
    ]);
  });

  it.each([
    ['a list', '- tier: approve', ['must be an object']],
    ['text', 'hello', ['"hello" must be an object']],
    ['a manifest', 'kind: ConfigMap', [`line 1: kind: ${allFields}`]],
    ['a field that is empty', 'paused: true\nrules:\n', ['line 2: rules: is empty: give it a value, or leave it out']],
    ['a field that stands twice', 'paused: true\npaused: false', ['line 2: paused stands here a second time']],
    [
      'the same in JSON, and a problem beside it',
      '{"paused": true, "paused": 1}',
      ['line 1: paused stands here a second time', 'line 1: paused: 1 must be true or false'],
    ],
    ['a tab', 'rules:\n\t- tier: advice', ['line 2: Tabs are not allowed as indentation']],
    [
      'two documents, of which one would be lost',
      'paused: false\n---\npaused: true',
      ['line 2: a second document begins here; a policy is one'],
    ],
    ['a tag', 'paused: !!js/function x', ['line 1: Unresolved tag: tag:yaml.org,2002:js/function']],
    ['a key of several parts', '? [a]\n: b', ['line 1: the name of a field must be text: put it in quotes']],
    ['no text', 'caps: { nodes_cordoned: .nan }', ['line 1: caps.nodes_cordoned: NaN must be a number']],
    [
      'times as YAML 1.1 reads them',
      '%YAML 1.1\n---\nwindows: [{from: 22:00, to: "23:00"}]',
      ['line 3: windows[0].from: 1320 must be a time of day, HH:MM in quotes: "08:30"'],
    ],
    ['a merge', '<<: { paused: true }', [`line 1: <<: ${allFields}`]],
    [
      'names of what every object inherits',
      '__proto__: { paused: true }\nconstructor: 1',
      [`line 1: __proto__: ${allFields}`, `line 2: constructor: ${allFields}`],
    ],
    [
      'something unclosed',
      'rules: [',
      ['line 1: Flow sequence in block collection must be sufficiently indented and end with a ]'],
    ],
  ])('says what is wrong with %s', async (_what, text, problems) => {
    expect(await problemsOf(text)).toEqual(problems);
  });

  it('explains that a star without quotes is no pattern', async () => {
    const advice = 'means an alias, which a policy cannot have; a pattern that begins with * stands in quotes';

    expect(await problemsOf('namespaces:\n  allow: [*]\n  deny:\n    - *-prod\n    - "*-test" # *\n')).toEqual([
      `line 2: "*" ${advice}`,
      `line 4: "*-prod" ${advice}`,
    ]);
  });

  it('has no anchors, and finds none in texts and comments', async () => {
    expect(await problemsOf('rules: &all []')).toEqual(['line 1: "&all" means an anchor, which a policy cannot have']);
    expect(await problemsOf('# &a *b\nprotected_labels: { "a": "b" } # *c\n')).toEqual([]);
  });

  it('refuses aliases that multiply before it follows them', async () => {
    const levels = Array.from(
      { length: 4000 },
      (_, level) => `k${level}: &a${level} [${level === 0 ? '' : `*a${level - 1}`}]`,
    );

    const problems = await problemsOf(levels.join('\n'));

    expect(problems).toHaveLength(51);
    expect(problems[0]).toBe('line 1: "&a0" means an anchor, which a policy cannot have');
    expect(problems.at(-1)).toBe('and 7949 more problems');
  });

  it('refuses what nests deeper than it can be read', async () => {
    expect(await problemsOf('['.repeat(20_000))).toEqual(['line 1: nests deeper than can be read']);
  });

  it('names 50 problems and counts the rest', async () => {
    const problems = await problemsOf(Array.from({ length: 60 }, (_, index) => `field${index}: 1`).join('\n'));

    expect(problems).toHaveLength(51);
    expect(problems.at(-1)).toBe('and 10 more problems');
  });

  it('says nothing that steers a terminal, and nothing at length', async () => {
    const [problem = ''] = await problemsOf(`"a\u202eb\\e[31m": 1`);
    const [long = ''] = await problemsOf(`default_tier: ${'x'.repeat(5000)}`);

    expect(problem).toBe(`line 1: ab: ${allFields}`);
    expect(long.length).toBeLessThan(200);
  });

  it('answers every text with a policy or with problems', async () => {
    const word = fc.constantFrom(
      'rules',
      'tier',
      'paused',
      'true',
      ': ',
      '- ',
      '\n',
      '  ',
      '[',
      ']',
      '{',
      '}',
      '"',
      '*',
      '&',
      '!',
      '|',
      '#',
      '?',
      ',',
      '\t',
      '22:00',
    );
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.array(word).map((words) => words.join('')),
          fc.string({ unit: 'binary' }),
        ),
        async (text) => {
          const { policy, problems } = await checkPolicy(text);

          expect(policy === undefined).toBe(problems.length > 0);
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('loadPolicy', () => {
  it('has defaults as long as no file is named', async () => {
    expect(await loadPolicy(undefined)).toBe(defaultPolicy);
  });

  it('reads the file', async () => {
    expect(await loadPolicy(await policyFile('paused: true'))).toEqual(aPolicy({ paused: true }));
  });

  it('throws one error that names every problem', async () => {
    const path = await policyFile('paused: maybe\nrule: []');

    await expect(loadPolicy(path)).rejects.toMatchObject({
      code: 'validation_error',
      message: `Bad policy ${path}:\n  line 1: paused: "maybe" must be true or false\n  line 2: rule: there is no such field; did you mean rules?`,
      details: {
        problems: [
          { path: 'paused', line: 1, message: '"maybe" must be true or false' },
          { path: 'rule', line: 2, message: 'there is no such field; did you mean rules?' },
        ],
      },
    });
  });

  it('does not fall back to the defaults when there is no such file', async () => {
    const missing = join(await mkdtemp(join(tmpdir(), 'kubemend-policy-')), 'policy.yaml');

    await expect(loadPolicy(missing)).rejects.toMatchObject({
      code: 'not_found',
      message: `The policy ${missing} cannot be read: there is no such file.`,
    });
  });

  it('refuses folders, endless files, what is too large, and what is no text', async () => {
    await expect(loadPolicy(tmpdir())).rejects.toThrow(/cannot be read: it is a folder\.$/);
    await expect(loadPolicy('/dev/zero')).rejects.toThrow('/dev/zero is larger than 64 KiB: it is no policy.');
    await expect(loadPolicy(await policyFile('#'.repeat(65_537)))).rejects.toThrow(/is larger than 64 KiB/);
    await expect(loadPolicy(await policyFile(new Uint8Array([0x70, 0xff, 0xfe])))).rejects.toThrow(
      /is no text in UTF-8/,
    );
    await expect(loadPolicy('a\0b')).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('reads a file of just the largest size', async () => {
    expect(await loadPolicy(await policyFile('#'.repeat(65_536)))).toEqual(defaultPolicy);
  });
});
