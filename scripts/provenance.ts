/** What a build says of where it comes from. A folder without Git, such as a container's, is told by variables. */
import { execFileSync } from 'node:child_process';

interface Provenance {
  readonly commit: string | undefined;
  /** Of the commit, so that whoever builds it again gets the same bytes. */
  readonly date: string | undefined;
}

export function provenance(environment: NodeJS.ProcessEnv): Provenance {
  const { REVISION: commit = git('rev-parse', 'HEAD'), SOURCE_DATE_EPOCH: seconds = git('log', '-1', '--format=%ct') } =
    environment;
  const date = seconds ? new Date(Number(seconds) * 1000).toISOString().replace('.000Z', 'Z') : undefined;
  return { commit: commit || undefined, date };
}

function git(...words: readonly string[]): string {
  try {
    return execFileSync('git', words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    // Not a checkout.
    return '';
  }
}
