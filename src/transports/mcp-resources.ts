import {
  type ListResourcesResult,
  type ListResourceTemplatesResult,
  ProtocolError,
  ProtocolErrorCode,
  type ReadResourceResult,
} from '@modelcontextprotocol/server';
import type { Call } from '../call.ts';
import { nearest } from '../platform/nearest.ts';
import { quoted, shortened } from '../platform/safe-text.ts';
import type { Service } from './mcp.ts';
import { readView, viewListed, viewUri } from './mcp-view.ts';

const mimeType = 'text/markdown';

/** What there is to read without arguments. */
export const resources: ListResourcesResult['resources'] = [
  {
    uri: 'kubemend://rules',
    name: 'rules',
    title: 'Rules',
    description: 'Every rule of the diagnosis, by the name that causes carry.',
    mimeType,
  },
  viewListed,
];

/** What there is to read by a name; actions only where something can be changed. */
export const templatesOf = ({ pipeline }: Service): ListResourceTemplatesResult['resourceTemplates'] => [
  {
    uriTemplate: 'kubemend://rules/{rule}',
    name: 'rule',
    title: 'A rule',
    description: 'What a rule means, how it knows, what to do and what not.',
    mimeType,
  },
  {
    uriTemplate: 'kubemend://reports/{namespace}',
    name: 'report',
    title: 'A report',
    description: 'A fresh diagnosis of a namespace, as people read it.',
    mimeType: 'text/plain',
  },
  ...(pipeline.tools.some(({ name }) => name === 'list_actions')
    ? [
        {
          uriTemplate: 'kubemend://actions/{action_id}',
          name: 'action',
          title: 'An action',
          description: 'What was planned, approved and done, and how it ended.',
          mimeType: 'text/plain',
        },
      ]
    : []),
];

interface Reading {
  readonly service: Service;
  readonly call: Pick<Call, 'caller' | 'signal'>;
}

/** @throws ProtocolError for what is not there, with what comes near. */
export async function readResource(uri: string, { service, call }: Reading): Promise<ReadResourceResult> {
  if (uri === viewUri) return readView(service.assets);
  const [, kind = '', name] = /^kubemend:\/\/(rules|reports|actions)(?:\/([^/?#]+))?$/.exec(uri) ?? [];
  const key = name === undefined ? undefined : decoded(name);
  const text = kind === 'rules' ? await ruleText(key, service) : await calledText(kind, key, { service, call });
  if (typeof text !== 'string') throw missing(uri, text);
  return { contents: [{ uri, mimeType: kind === 'rules' ? mimeType : 'text/plain', text }] };
}

/** What comes near, when there is nothing. */
type Near = readonly string[];

async function ruleText(id: string | undefined, { rules }: Service): Promise<string | Near> {
  const { pageOfRule, ruleIds, ruleList } = await rules();
  if (id === undefined) return ruleList();
  return pageOfRule(id) ?? nearest(id, ruleIds());
}

/** Through the pipeline as any call: limits, identity, policy and redaction hold. */
async function calledText(kind: string, key: string | undefined, { service, call }: Reading): Promise<string | Near> {
  if (key === undefined) return [];
  const asked = kind === 'reports' ? { tool: 'diagnose', arguments: { namespace: key } } : actionAsked(kind, key);
  if (asked === undefined) return [];
  const { result, text } = await service.pipeline.call({ ...asked, ...call, clusters: service.clusters });
  if (result.success) return text;
  // What keeps it from being read is no content of it.
  if (result.error_type !== 'not_found') throw new ProtocolError(ProtocolErrorCode.InternalError, text);
  const { suggestions } = result.details;
  return Array.isArray(suggestions) ? suggestions.map(String) : [];
}

const actionAsked = (kind: string, id: string) =>
  kind === 'actions' ? { tool: 'list_actions', arguments: { action_id: id, all_namespaces: true } } : undefined;

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/** The specification wants a protocol error for a resource that is not there. */
function missing(uri: string, near: Near): ProtocolError {
  const meant = near.length === 0 ? '' : ` Did you mean ${near.join(' or ')}?`;
  return new ProtocolError(ProtocolErrorCode.InvalidParams, `There is no resource ${quoted(uri, 200)}.${meant}`, {
    uri: shortened(uri, 200),
  });
}
