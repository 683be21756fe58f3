import {
  CLIENT_CAPABILITIES_META_KEY,
  createRequestStateCodec,
  type InputRequiredResult,
  inputRequired,
  inputResponse,
  type RequestStateCodec,
  type Server,
  type ServerContext,
} from '@modelcontextprotocol/server';
import * as z from 'zod';
import type { Call } from '../call.ts';
import type { Caller } from '../caller.ts';
import type { Failure } from '../outcome.ts';
import { callerOf } from './auth-info.ts';

/** How long a person may think, in s: as long as a plan is valid. */
const thinkingSeconds = 600;
const question = 'approve';

type Approval = NonNullable<Call['approval']>;

/** What comes back with the answer, signed: which plan the person was shown. */
const asked = z.object({ actionId: z.string() });
type Asked = z.output<typeof asked>;

/** Asks the person behind an MCP client, in both protocol eras. */
export interface Approvals {
  /** Refuses state that was not made here, for the server's options. */
  verify(state: string, context: ServerContext): Promise<unknown>;
  /** Whether this client can ask a person; otherwise it gets `approval_required`. */
  canAsk(context: ServerContext, mcp: Server): boolean;
  /** The plan of a call that came back with `approval_required`, as a question. */
  ask(failure: Failure, context: ServerContext): Promise<InputRequiredResult>;
  /** The person's answer that this call carries; anything but a plain yes is a no. */
  answered(context: ServerContext, caller: Caller): Approval | undefined;
}

/** @param key of at least 32 bytes, the same for all replicas; read when the first plan is shown. */
export function createApprovals(key: () => Promise<Uint8Array>): Approvals {
  let made: Promise<RequestStateCodec<Asked>> | undefined;
  const codec = (): Promise<RequestStateCodec<Asked>> => {
    made ??= key().then((bytes) =>
      createRequestStateCodec<Asked>({ key: bytes, ttlSeconds: thinkingSeconds, bind: boundTo }),
    );
    return made;
  };
  return {
    verify: async (state, context) => (await codec()).verify(state, context),
    canAsk(context, mcp) {
      const { elicitation } = capabilitiesOf(context, mcp);
      return elicitation !== undefined && (elicitation.form !== undefined || elicitation.url === undefined);
    },
    async ask({ error, details }, context) {
      const { action_id: actionId } = details;
      return inputRequired({
        inputRequests: { [question]: inputRequired.elicit({ message: error, requestedSchema: form }) },
        requestState: await (await codec()).mint({ actionId: String(actionId) }, context),
      });
    },
    answered({ mcpReq }, { principal }) {
      const state = asked.safeParse(mcpReq.requestState());
      const answer = inputResponse(mcpReq.inputResponses, question);
      if (!state.success || answer.kind !== 'elicit') return undefined;
      const content = answer.action === 'accept' ? accepted.safeParse(answer.content) : undefined;
      return {
        actionId: state.data.actionId,
        answer: content?.success === true && content.data.apply ? 'approved' : 'declined',
        by: principal === undefined ? 'mcp-client' : `${principal.user} by their MCP client`,
      };
    },
  };
}

/** State that was made for one caller is nobody else's. */
const boundTo = (context: ServerContext): string => `${context.mcpReq.method} ${callerOf(context).id}`;

const form = {
  type: 'object' as const,
  properties: {
    apply: {
      type: 'boolean' as const,
      title: 'Apply this plan',
      description: 'Nothing is changed unless this is set.',
    },
  },
  required: ['apply'],
};
const accepted = z.object({ apply: z.boolean() });

const capabilities = z.looseObject({
  elicitation: z.looseObject({ form: z.unknown().optional(), url: z.unknown().optional() }).optional(),
});

/** In the request's envelope since 2026-07-28, else of the connection. */
function capabilitiesOf({ mcpReq }: ServerContext, mcp: Server): z.output<typeof capabilities> {
  const envelope = z.record(z.string(), z.unknown()).safeParse(mcpReq.envelope);
  const declared = envelope.data?.[CLIENT_CAPABILITIES_META_KEY] ?? mcp.getClientCapabilities();
  return capabilities.safeParse(declared).data ?? {};
}
