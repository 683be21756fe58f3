import type { Host, Run } from './program.ts';
import { type Flags, runAction, terminalDefaults } from './run-action.ts';
import { addSettingFlags } from './setting-flags.ts';

export interface Runner {
  readonly run: Run;
  /** The exit status of the command that ran. */
  readonly status: () => number;
}

export function runner(host: Host): Runner {
  let status = 0;
  return {
    status: () => status,
    run(command, action) {
      const serves = command.name() === 'serve';
      addSettingFlags(command, serves ? 'serve' : 'all');
      command.action(async () => {
        const flags = command.opts<Flags>();
        const defaults = serves ? {} : terminalDefaults;
        status = await runAction((context) => action(context, command.args), { flags, host, defaults });
      });
    },
  };
}
