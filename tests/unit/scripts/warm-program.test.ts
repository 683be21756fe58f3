import { mkdtempSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readCache } from '../../../scripts/bytecode-cache.ts';
import { createLoader } from '../../../scripts/warm-program.ts';

const foundSomething = 1;
let home: string;
let cache: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'kubemend-'));
  cache = join(home, 'kubemend/bytecode/program');
  const part = 'exports.one = () => 1; exports.other = () => [1, 2, 3].map((each) => each * 2);';
  writeFileSync(join(home, 'part.js'), `(function(exports,require,module){${part}})`);
});
afterEach(() => rmSync(home, { recursive: true }));

type Part = Readonly<Record<'one' | 'other', () => unknown>>;

/** Runs a function of the program, which ends with a status. */
function ran(name: keyof Part, status: number): void {
  const { load, keep } = createLoader(home, cache);
  (load('./part.js') as Part)[name]();
  keep(status);
}

const bytes = (): number => readCache(cache)?.parts.get('./part.js')?.length ?? 0;
const aged = (minutes: number): void => utimesSync(cache, new Date(), new Date(Date.now() - minutes * 60_000));

describe('the bytecode that a program keeps', () => {
  it('has what a run that found something ran in addition, an hour after it was written', () => {
    ran('one', foundSomething);
    const first = bytes();

    aged(50);
    ran('other', foundSomething);
    expect(bytes()).toBe(first);
    aged(70);
    ran('other', foundSomething);

    expect(bytes()).toBeGreaterThan(first);
  });

  it('is left alone by a run that found nothing, or failed, however old it is', () => {
    ran('one', foundSomething);
    aged(70);
    const { mtimeMs } = statSync(cache);

    for (const status of [0, 2]) ran('other', status);

    expect(statSync(cache).mtimeMs).toBe(mtimeMs);
  });
});
