import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { register } from '../../../src/cli/diagnose.ts';
import type { Failure } from '../../../src/outcome.ts';
import { digest } from '../../../src/tools/report/digest.ts';
import { answering, runCommand } from '../../support/command.ts';
import { aCause, anExplanation } from '../../support/explanations.ts';

const broken = digest(anExplanation({ causes: [aCause()] }), { limit: 10 });
const healthy = digest(anExplanation(), { limit: 10 });
const unknown = digest(anExplanation({ verdict: 'unknown' }), { limit: 10 });

const failure: Failure = {
  success: false,
  error: 'Deployment/apy does not exist in namespace shop',
  error_type: 'not_found',
  details: {},
  hint: 'Did you mean api?',
};
const failing = async () => ({ requestId: 'r1', result: failure, text: '' });

describe('kubemend diagnose', () => {
  it.each([
    ['nothing is wrong', healthy, 0],
    ['there are causes', broken, 1],
    ['it cannot tell', unknown, 2],
  ])('when %s ends with its status', async (_, data, status) => {
    const ran = await runCommand(register, ['diagnose'], answering(data));

    expect(ran).toMatchObject({ status, err: '' });
  });

  it.each([
    ['nothing', [], { limit: 10 }],
    ['a namespace', ['-n', 'web'], { namespace: 'web', limit: 10 }],
    ['everything', ['-A', '--limit', '9'], { all_namespaces: true, limit: 9 }],
    ['an object', ['deployment/api', '-n', 'web'], { object: 'deployment/api', namespace: 'web', limit: 10 }],
    ['an object as kubectl takes it', ['deployment', 'api'], { object: 'deployment/api', limit: 10 }],
    ['a context', ['--context', 'prod'], { cluster: 'prod', limit: 10 }],
    ['a cluster', ['--cluster', 'prod'], { cluster: 'prod', limit: 10 }],
  ])('asks about %s', async (_, flags, args) => {
    const { asked, call } = answering(healthy);

    await runCommand(register, ['diagnose', ...flags], { call });

    expect(asked).toEqual([{ tool: 'diagnose', args }]);
  });

  it.each([
    ['as a whole', [], { all_namespaces: true, limit: 10 }],
    ['in one namespace', ['-n', 'web'], { namespace: 'web', limit: 10 }],
    ['for one object', ['deploy/api'], { object: 'deploy/api', limit: 10 }],
  ])('looks at an archive %s', async (_, flags, args) => {
    const { asked, call } = answering(healthy);

    await runCommand(register, ['diagnose', ...flags], { call, flags: { from: 'bundle.tgz' } });

    expect(asked).toEqual([{ tool: 'diagnose', args }]);
  });

  it('shows a tree, as wide as the terminal', async () => {
    const { out } = await runCommand(register, ['diagnose'], { ...answering(broken), interactive: true, columns: 80 });

    expect(out).toMatchInlineSnapshot(`
      "shop: 14 pods, all ready (read in 0.2 s)

      ✖ Deployment/api cannot start: ConfigMap/api-config has no key DATABASE_URL (it
        has DATABASE_URI)   confirmed 0.95
        ├─ then      3 of 3 pods in CreateContainerConfigError for 8 min → Service/api
        │            has no endpoint → Ingress/shop answers 503
        ├─ evidence  Pod/api-7d9f-x2x: couldn't find key DATABASE_URL in ConfigMap
        │            shop/api-config
        ├─ changed   12:03 UTC ConfigMap/api-config by kubectl-edit (-DATABASE_URL
        │            +DATABASE_URI)
        ├─ fix       restore the key, or
        │            kubemend heal rollback deployment/api -n shop  (revision 4 was
        │            healthy)
        └─ avoid     restarting: the key is still missing
      "
    `);
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it('leaves lines whole when nobody watches', async () => {
    const { out } = await runCommand(register, ['diagnose'], { ...answering(broken), columns: 40 });

    expect(out).toContain('(it has DATABASE_URI)   confirmed 0.95\n');
  });

  it('uses colours only where they are wanted', async () => {
    const terminal = { ...answering(broken), interactive: true, color: true };

    const coloured = await runCommand(register, ['diagnose'], terminal);
    const plain = await runCommand(register, ['diagnose', '--no-color'], terminal);

    expect(coloured.out).toContain('\u001b[');
    expect(plain.out).not.toContain('\u001b[');
    expect(stripVTControlCharacters(coloured.out)).toBe(plain.out);
  });

  it('gives programs exactly the result of the tool', async () => {
    const json = await runCommand(register, ['diagnose', '-o', 'json'], answering(broken));
    const yaml = await runCommand(register, ['diagnose', '-o', 'yaml'], answering(broken));

    const expected = JSON.parse(JSON.stringify({ success: true, ...broken }));
    expect(JSON.parse(json.out)).toEqual(expected);
    expect(parse(yaml.out)).toEqual(expected);
    expect([json.status, yaml.status]).toEqual([1, 1]);
  });

  it('writes markdown for a ticket', async () => {
    const { out } = await runCommand(register, ['diagnose', '-o', 'markdown'], answering(broken));

    expect(out).toMatchInlineSnapshot(`
      "## shop: 14 pods, all ready (read in 0.2 s)

      ### ✖ Deployment/api cannot start: ConfigMap/api-config has no key DATABASE\\_URL (it has DATABASE\\_URI) confirmed 0.95

      - **then** 3 of 3 pods in CreateContainerConfigError for 8 min → Service/api has no endpoint → Ingress/shop answers 503
      - **evidence** Pod/api-7d9f-x2x: \`couldn't find key DATABASE_URL in ConfigMap shop/api-config\`
      - **changed** 12:03 UTC ConfigMap/api-config by kubectl-edit (-DATABASE\\_URL +DATABASE\\_URI)
      - **fix** restore the key, or \`kubemend heal rollback deployment/api -n shop\` (revision 4 was healthy)
      - **avoid** restarting: the key is still missing
      "
    `);
  });

  it('says on stderr what went wrong and what to do', async () => {
    const ran = await runCommand(register, ['diagnose', 'deploy/apy'], { call: failing });

    expect(ran).toEqual({
      status: 2,
      out: '',
      err: 'kubemend: Deployment/apy does not exist in namespace shop\nDid you mean api?\n',
    });
  });

  it('points at its help when it was asked in a wrong way', async () => {
    const error = 'namespace: is no namespace';
    const bad: Failure = { ...failure, error_type: 'validation_error', error, details: { problems: [] } };
    const { err } = await runCommand(register, ['diagnose', '-n', 'A'], {
      call: async () => ({ requestId: 'r1', result: bad, text: '' }),
    });

    expect(err).toBe('kubemend: namespace: is no namespace\nkubemend diagnose --help shows what can be asked.\n');
  });

  it('says what to do about a file that is no archive', async () => {
    const bad: Failure = { ...failure, error_type: 'validation_error', error: 'x.gz is empty.', details: {} };
    const { err } = await runCommand(register, ['diagnose'], {
      call: async () => ({ requestId: 'r1', result: bad, text: '' }),
    });

    expect(err).toBe(`kubemend: x.gz is empty.\n${failure.hint}\n`);
  });

  it('gives programs the failure where they look for the result', async () => {
    const { status, out } = await runCommand(register, ['diagnose', '-o', 'json'], { call: failing });

    expect(JSON.parse(out)).toEqual(failure);
    expect(status).toBe(2);
  });

  it('ends quietly with 130 when it is interrupted', async () => {
    const ran = await runCommand(register, ['diagnose'], { call: failing, signal: AbortSignal.abort() });

    expect(ran).toEqual({ status: 130, out: '', err: '' });
  });

  it('hints at other namespaces when the default one is empty', async () => {
    const empty = { ...healthy, checked: { ...healthy.checked, pods: 0 } };

    const byDefault = await runCommand(register, ['diagnose'], answering(empty));
    const everywhere = await runCommand(register, ['diagnose', '-A'], answering({ ...empty, scope: { cluster: 'c' } }));
    const named = await runCommand(register, ['diagnose', '-n', 'shop'], answering(empty));

    expect(byDefault.err).toBe('Namespace shop is empty: name another with -n, or look at all with -A.\n');
    expect([everywhere.err, named.err]).toEqual(['', '']);
  });

  it('refuses more than one object', async () => {
    await expect(runCommand(register, ['diagnose', 'a/b', 'c/d', 'e/f'])).rejects.toMatchObject({
      code: 'validation_error',
      message: 'One object at a time, not 3 words.',
    });
  });

  it.each([['-o', 'xml'], ['--limit', 'many'], ['-n', 'a', '-A'], ['--nonsense']])(
    'refuses %s %s',
    async (...flags) => {
      await expect(runCommand(register, ['diagnose', ...flags])).rejects.toMatchObject({ exitCode: 1 });
    },
  );
});
