import type { Settings } from '../platform/config.ts';
import type { ToolSettings } from '../tools/tool.ts';

/** What tools may see of the settings. */
export const toolSettings = ({ k8sNamespace, allowSystemNamespaces, demo, from }: Settings): ToolSettings => ({
  namespace: k8sNamespace,
  allowSystemNamespaces,
  archive: demo || from !== undefined,
});
