import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { createAuditVerifier } from '../platform/audit.ts';
import { AppError } from '../platform/errors.ts';
import type { CommandContext, Register } from './program.ts';

export const register: Register = (program, run) => {
  const audit = program.command('audit').description('Check the trail of who did what.');
  const verify = audit
    .command('verify')
    .description('Say whether a record of an audit file, or of a log, was changed, left out or put in.')
    .argument('<file>', 'the file that --audit-file names, or the log of the service')
    .addHelpText('after', help);
  run(verify, (context, [file = '']) => verified(context, file));
};

async function verified({ terminal }: CommandContext, file: string): Promise<number> {
  const verifier = createAuditVerifier();
  try {
    for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY }))
      verifier.take(line);
  } catch (error) {
    throw new AppError('not_found', `${file} cannot be read: ${error instanceof Error ? error.message : 'unknown'}`, {
      cause: error,
    });
  }
  const { records, processes, breaks } = verifier.verdict();
  if (records === 0 && breaks.length === 0)
    throw new AppError('not_found', `${file} holds no audit record.`, {
      hint: 'Name the file of --audit-file, or a log.',
    });
  for (const { line, why } of breaks) terminal.out(`${file}:${line}: ${why}\n`);
  const counted = `${records} records of ${processes} ${processes === 1 ? 'process' : 'processes'}`;
  terminal.out(
    breaks.length === 0 ? `${counted}, each follows on the one before it.\n` : `${counted}; the trail is broken.\n`,
  );
  return breaks.length === 0 ? 0 : 1;
}

const help = `
A trail shows what was changed in it, not that its end was cut off: keep a copy of the last line elsewhere.

Exit status: 0 unbroken, 1 broken, 2 there is nothing to check.
`;
