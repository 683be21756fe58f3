import { type Command, Option } from 'commander';
import * as z from 'zod';

/** What the flags of {@link addTargetFlags} give. */
export const targetFlags = z.object({
  namespace: z.string().optional(),
  allNamespaces: z.boolean().optional(),
  context: z.string().optional(),
  cluster: z.string().optional(),
});
export type TargetFlags = z.output<typeof targetFlags>;

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

interface Source {
  readonly from?: string | undefined;
  readonly demo: boolean;
}

/**
 * The arguments of a tool that these flags stand for. An archive is looked at as a whole unless a namespace is named:
 * whoever opens one does not know its namespaces yet.
 */
export function targetArguments({ namespace, allNamespaces, context, cluster }: TargetFlags, { from, demo }: Source) {
  const archive = from !== undefined || demo;
  const everywhere = allNamespaces === true || (archive && namespace === undefined);
  const chosen = context ?? cluster;
  return {
    ...(namespace === undefined ? {} : { namespace }),
    ...(everywhere ? { all_namespaces: true } : {}),
    ...(chosen === undefined ? {} : { cluster: chosen }),
  };
}
