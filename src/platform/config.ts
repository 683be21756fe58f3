import { z } from 'zod';

const settings = z.object({
  k8sNamespace: z.string().default('default'),
  k8sInCluster: z.boolean().default(true),
  k8sCacheTtl: z.number().default(30),
  kubeconfig: z.string().optional(),
  from: z.string().optional(),
  demo: z.boolean().default(false),
  allowSystemNamespaces: z.boolean().default(false),
  timeout: z.number().default(30),
});

export type Settings = z.output<typeof settings>;
