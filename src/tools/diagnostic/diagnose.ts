import * as z from 'zod';
import { investigate } from '../investigate.ts';
import { diagnosisPermissions } from '../permissions.ts';
import { diagnosis } from '../report/diagnosis.ts';
import { diagnosisLines } from '../report/diagnosis-lines.ts';
import { digest } from '../report/digest.ts';
import { plainLines } from '../report/lines.ts';
import { allNamespaces, cluster, cursor, namespace, objectPath } from '../schemas.ts';
import { scopeOf } from '../scope.ts';
import { defineTool } from '../tool.ts';

export const diagnose = defineTool({
  name: 'diagnose',
  title: 'Diagnose',
  description: `
    Finds out why something in Kubernetes is broken: a namespace, a workload, Service, node or any object, or the whole
    cluster. Returns root causes, best first, each with the chain to what the user sees, evidence, confidence, what
    changed and fixes; or says that all is well; or what could not be seen. Call it first. Then get_resource or
    check_pod_health for details.`,
  access: 'read',
  shown: true,
  permissions: diagnosisPermissions,

  input: z.object({
    namespace,
    all_namespaces: allNamespaces,
    object: objectPath,
    cluster,
    limit: z.int().min(1).max(50).default(5).describe('Most causes to show.'),
    cursor,
  }),
  output: diagnosis,

  async run(request, context) {
    const reader = await context.reader();
    const scope = await scopeOf(request, reader, context);
    context.progress(0, undefined, `reading ${scope.namespace ?? 'the cluster'}`);
    return digest(await investigate(reader, scope, context), request);
  },

  render: (data) => plainLines(diagnosisLines(data)),
});
