import { mcpCall, type Request, restCall } from './calls.ts';

/** Calls as a team makes them: reads of all sizes, by both faces, right and wrong, and what nobody serves. */
export const mixed = (url: string, namespace = 'shop', name = 'api'): readonly Request[] => [
  restCall(url, 'diagnose', { namespace }),
  mcpCall(url, 'diagnose', { namespace }),
  restCall(url, 'list_resources', { kind: 'pods', namespace }),
  mcpCall(url, 'get_resource', { kind: 'deployment', name, namespace }),
  restCall(url, 'get_timeline', { namespace }),
  restCall(url, 'trace_route', { to: `service/${name}`, namespace }),
  restCall(url, 'diagnose', { namespace: 5, nonsense: true }),
  mcpCall(url, 'no_such_tool', {}),
  { ...restCall(url, 'diagnose', {}), body: '{"namespace":' },
  { ...restCall(url, 'diagnose', {}), url: `${url}/nowhere` },
];
