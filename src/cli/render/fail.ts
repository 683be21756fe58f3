import type { Failure } from '../../outcome.ts';
import type { Terminal } from '../program.ts';
import { structured } from './structured.ts';

interface Asked {
  /** The command that failed, in the hint about its flags. */
  readonly command: string;
  readonly output: string;
}

/** Programs read the failure where they read the result; people read it on stderr. Returns the exit status. */
export async function fail(terminal: Terminal, failure: Failure, { command, output }: Asked): Promise<number> {
  if (output === 'json' || output === 'yaml') terminal.out(await structured(failure, output));
  const { error, error_type: type, details } = failure;
  // The hint about arguments names those of the tool.
  const misasked = type === 'validation_error' && 'problems' in details;
  const hint = misasked ? `kubemend ${command} --help shows what can be asked.` : failure.hint;
  terminal.err(`kubemend: ${error}\n${hint === undefined ? '' : `${hint}\n`}`);
  return 2;
}
