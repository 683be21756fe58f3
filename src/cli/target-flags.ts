import { type Command, Option } from 'commander';

/** The flags by which commands are told where one object is, as kubectl has them. */
export const addPlaceFlags = (command: Command): Command =>
  command
    .addOption(new Option('-n, --namespace <name>', 'Namespace; by default K8S_NAMESPACE, else "default".'))
    .addOption(new Option('--context <name>', 'Context of the kubeconfig; by default the current one.'))
    .addOption(new Option('--cluster <name>', 'The same as --context.').hideHelp().conflicts('context'));

/** The same for commands that can look everywhere. */
export const addTargetFlags = (command: Command): Command =>
  addPlaceFlags(command).addOption(
    new Option('-A, --all-namespaces', 'Look at every namespace.').conflicts('namespace'),
  );
