import type { ListResourcesResult, ReadResourceResult } from '@modelcontextprotocol/server';

/** The console inside a chat client: an MCP App (`io.modelcontextprotocol/ui`, 2026-01-26). */
export const viewUri = 'ui://kubemend/console';

const mimeType = 'text/html;profile=mcp-app';
/** It loads nothing from anywhere, and reaches the tools through its host only. */
const ui = { csp: { connectDomains: [], resourceDomains: [] }, prefersBorder: true };

export const viewListed: ListResourcesResult['resources'][number] = {
  uri: viewUri,
  name: 'console',
  title: 'Console',
  description: 'Shows a diagnosis: causes, the chain as a graph, evidence, fixes.',
  mimeType,
};

/** @param assets the folder with the files of pages, which the build makes. */
export async function readView(assets: string): Promise<ReadResourceResult> {
  // Not at the start, for which an assistant waits.
  const { textOfFile } = await import('./static-files.ts');
  const text = await textOfFile(assets, 'console-app.html');
  return { contents: [{ uri: viewUri, mimeType, text, _meta: { ui } }] };
}
