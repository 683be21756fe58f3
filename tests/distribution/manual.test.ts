import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { flagName, settingFacts, settingsSchema } from '../../src/platform/config.ts';

const page = resolve(import.meta.dirname, '../../dist/kubemend.1');
const mandoc = (...args: readonly string[]) => execFileSync('mandoc', [...args, page], { encoding: 'utf8' });
/** As a reader sees it, without overstriking. */
const shown = mandoc('-T', 'utf8').replaceAll(new RegExp('.\b', 'gu'), '');

describe('the manual page', () => {
  it('is shown without a warning', () => {
    expect(mandoc('-T', 'lint', '-W', 'warning')).toBe('');
  });

  it('tells every flag of a setting', () => {
    const flags = Object.entries(settingsSchema.shape).flatMap(([key, schema]) =>
      settingFacts.get(schema)?.secret ? [] : [flagName(key)],
    );

    expect(flags.length).toBeGreaterThan(30);
    expect(flags.filter((flag) => !shown.includes(`--${flag}`) && !shown.includes(`--no-${flag}`))).toEqual([]);
  });

  it('tells flags that all commands have once', () => {
    expect(shown.match(/^ {5}--kubeconfig /gm)).toHaveLength(1);
  });

  it('tells every command, with its examples and statuses', () => {
    expect(shown).toContain('kubemend heal rollback object ...');
    expect(shown).toContain('kubemend diagnose deployment/api -n shop');
    expect(shown).toMatch(/Exit status: 0 healthy, 1 causes found/);
  });

  it('says what it is by its first line', () => {
    expect(shown).toMatch(/^ {5}kubemend, kubectl-mend – find out why Kubernetes workloads are broken/m);
  });
});
