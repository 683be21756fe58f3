import { enableCompileCache } from 'node:module';
import type { Host } from './cli/program.ts';

/** Loads the program. In the bundle scripts/warm-program.ts stands for this file. */
export async function loadProgram(): Promise<(host: Host) => Promise<number>> {
  enableCompileCache();
  const { runProgram } = await import('./cli/program.ts');
  return runProgram;
}
