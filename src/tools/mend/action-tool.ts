import * as z from 'zod';
import type { Action } from '../../engines/healing/action.ts';
import type { ObjectRef } from '../../engines/objects.ts';
import { healingPermissions } from '../permissions.ts';
import { cluster, namespace, objectToChange } from '../schemas.ts';
import { splitPath, targetNamespace, targetObject } from '../target.ts';
import { type AnyTool, defineTool, type Tool, type ToolContext } from '../tool.ts';
import { mend } from './mend.ts';
import { actionReport } from './report.ts';
import { reportLines } from './report-lines.ts';

/** A write tool as it is written down: what it takes, and the action that comes of it. */
interface ActionTool<Input extends z.ZodRawShape>
  extends Pick<Tool, 'name' | 'title' | 'description' | 'access' | 'permissions'> {
  /** Besides the object, its namespace and its cluster. */
  readonly input: Input;
  readonly action: (input: z.output<z.ZodObject<Input>>, target: ObjectRef) => Action;
}

/**
 * Makes a write tool: it only proposes; plan, guards, approval, writes, verification and undo are the same for all
 * (docs/healing.md).
 */
export function defineAction<Input extends z.ZodRawShape>({
  input,
  action,
  permissions,
  ...tool
}: ActionTool<Input>): AnyTool {
  const own = z.object(input);
  return defineTool({
    ...tool,
    permissions: [...permissions, ...healingPermissions],
    input: z.object({ object: objectToChange, ...input, namespace, cluster }),
    output: actionReport,
    async run(request, context) {
      const target = await targetOf(
        z.object({ object: z.string(), namespace: z.string().optional() }).parse(request),
        context,
      );
      return mend(action(own.parse(request), target), context);
    },
    render: (report) => reportLines(report).join('\n'),
  });
}

/** @throws AppError as `targetObject` does. */
async function targetOf(
  request: { readonly object: string; readonly namespace?: string | undefined },
  context: ToolContext,
): Promise<ObjectRef> {
  const reader = await context.reader();
  const home = targetNamespace({ namespace: request.namespace, all_namespaces: false }, context.settings);
  return targetObject(reader, { ...splitPath(request.object), namespace: home }, context);
}
