import * as z from 'zod';
import { diagnose as explain } from '../../engines/diagnosis/diagnose.ts';
import type { Scope } from '../../engines/snapshot-data.ts';
import type { Reader } from '../../kubernetes/ports.ts';
import { AppError } from '../../platform/errors.ts';
import { diagnosisPermissions } from '../permissions.ts';
import { diagnosis } from '../report/diagnosis.ts';
import { diagnosisLines } from '../report/diagnosis-lines.ts';
import { digest } from '../report/digest.ts';
import { plainLines } from '../report/lines.ts';
import { allNamespaces, cluster, namespace, objectPath } from '../schemas.ts';
import { splitPath, targetNamespace, targetObject } from '../target.ts';
import { defineTool, type ToolContext } from '../tool.ts';

const input = z.object({
  namespace,
  all_namespaces: allNamespaces,
  object: objectPath,
  cluster,
  limit: z.int().min(1).max(50).default(5).describe('Most causes to show.'),
});

export const diagnose = defineTool({
  name: 'diagnose',
  title: 'Diagnose',
  description: `
    Finds out why something in Kubernetes is broken: a namespace, a workload, Service, node or any object, or the whole
    cluster. Returns root causes, best first, each with the chain to what the user sees, evidence, confidence, what
    changed and fixes; or says that all is well; or what could not be seen. Call it first. Then get_resource or
    check_pod_health for details.`,
  access: 'read',
  permissions: diagnosisPermissions,

  input,
  output: diagnosis,

  async run(request, context) {
    const reader = await context.reader();
    const scope = await scopeOf(request, reader, context);
    context.progress(0, undefined, `reading ${scope.namespace ?? 'the cluster'}`);
    const data = await reader.collect(scope, context.signal, context.enough);
    return digest(explain(data), request);
  },

  render: (data) => plainLines(diagnosisLines(data)),
});

async function scopeOf(request: z.output<typeof input>, reader: Reader, context: ToolContext): Promise<Scope> {
  const namesNothing = request.object === undefined && request.namespace === undefined;
  // Whoever opens an archive does not know its namespaces yet.
  if (namesNothing && context.settings.archive === true) return {};
  if (request.object === undefined) return { namespace: targetNamespace(request, context.settings) };
  if (request.all_namespaces) {
    throw new AppError('validation_error', 'object and all_namespaces exclude each other.', {
      hint: 'Name the namespace of the object, or leave it out.',
      details: { problems: [{ path: 'all_namespaces', message: 'excludes object' }] },
    });
  }
  const path = splitPath(request.object);
  const named = targetNamespace(request, context.settings);
  const object = await targetObject(reader, { ...path, namespace: named }, context);
  // A namespace is asked about for what is in it.
  if (object.kind === 'Namespace') return { namespace: object.name };
  return { namespace: object.namespace, object };
}
