import * as z from 'zod';

/** What the flags of `addTargetFlags` give. */
export const targetFlags = z.object({
  namespace: z.string().optional(),
  allNamespaces: z.boolean().optional(),
  context: z.string().optional(),
  cluster: z.string().optional(),
});
export type TargetFlags = z.output<typeof targetFlags>;

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
