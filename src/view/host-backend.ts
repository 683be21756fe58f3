import { type Address, addressOf } from './address.ts';
import { type Answer, type Backend, type Failure, noAnswer } from './backend.ts';

/** What a chat client sends (MCP Apps 2026-01-26; JSON-RPC 2.0). */
interface Message<Data = object> {
  readonly id?: number | string;
  readonly method?: string;
  readonly params?: { readonly arguments?: object } & HostContext & ToolResult<Data>;
  readonly result?: ToolResult<Data> & {
    readonly hostContext?: HostContext;
    readonly hostCapabilities?: { readonly serverTools?: object };
  };
  readonly error?: { readonly message: string };
}
interface HostContext {
  readonly theme?: 'light' | 'dark';
}
interface ToolResult<Data> {
  readonly structuredContent?: Answer<Data>;
}

const protocolVersion = '2026-01-26';
const cancellation = 'ui/notifications/tool-cancelled';
const cancelled = (): Failure => noAnswer('The call was cancelled, or the answer has no data.');

/** The tools through the chat client around the view, which asks its person for every change. */
export async function hostBackend(): Promise<{ readonly backend: Backend; readonly initial: Address }> {
  const waiting = new Map<Message['id'], (event: MessageEvent) => void>();
  const input = Promise.withResolvers<Address>();
  let first: PromiseWithResolvers<MessageEvent> | undefined = Promise.withResolvers<MessageEvent>();
  const whenTold = first;
  const send = (message: object): void => parent.postMessage({ jsonrpc: '2.0', ...message }, '*');
  let sent = 0;
  function ask<Data>(method: string, params: object): Promise<Message<Data>> {
    const id = ++sent;
    return new Promise((resolve) => {
      waiting.set(id, ({ data }) => resolve(data));
      send({ id, method, params });
    });
  }
  const told: Readonly<Record<string, (event: MessageEvent, message: Message) => void>> = {
    'ui/notifications/tool-input': (_, { params }) => input.resolve(addressIn(params?.arguments ?? {})),
    'ui/notifications/tool-result': whenTold.resolve,
    [cancellation]: whenTold.resolve,
    'ui/notifications/host-context-changed': (_, { params }) => follow(params),
    'ui/resource-teardown': (_, { id }) => send({ id, result: {} }),
    ping: (_, { id }) => send({ id, result: {} }),
  };
  addEventListener('message', (event) => {
    if (event.source !== parent) return;
    const message: Message = event.data;
    if (message.method !== undefined) return told[message.method]?.(event, message);
    waiting.get(message.id)?.(event);
    waiting.delete(message.id);
  });

  const { result } = await ask('ui/initialize', {
    protocolVersion,
    appInfo: { name: 'kubemend', version: protocolVersion },
    appCapabilities: { availableDisplayModes: ['inline', 'fullscreen'] },
  });
  follow(result?.hostContext);
  send({ method: 'ui/notifications/initialized', params: {} });
  tellSize((size) => send({ method: 'ui/notifications/size-changed', params: size }));
  const callable = result?.hostCapabilities?.serverTools !== undefined;

  const backend: Backend = {
    async call<Data>(tool: string, args: object): Promise<Answer<Data>> {
      // The view stands beside a diagnosis: that one is shown first.
      const delivered = first;
      first = undefined;
      if (delivered !== undefined) {
        const { method, params }: Message<Data> = (await delivered.promise).data;
        if (method === cancellation) return cancelled();
        // Some hosts hand on the text alone.
        if (params?.structuredContent !== undefined) return params.structuredContent;
      }
      const { result: answer, error } = await ask<Data>('tools/call', { name: tool, arguments: args });
      return answer?.structuredContent ?? { ...cancelled(), ...(error && { error: error.message }) };
    },
    session: async () => ({ sign_in: 'unneeded' }),
    // A view cannot list them; one that is not there says so when it is called.
    offers: async () => (tool) => callable && tool !== 'list_actions',
  };
  return { backend, initial: await input.promise };
}

const addressIn = (args: object): Address =>
  addressOf(new URLSearchParams(Object.entries(args).map(([name, value]) => [name, String(value)])).toString());

/** Light or dark, as the client is. */
function follow({ theme }: HostContext = {}): void {
  if (theme !== undefined) document.documentElement.dataset['theme'] = theme;
}

/** How much room the view takes, whenever that changes. */
function tellSize(tell: (size: { readonly width: number; readonly height: number }) => void): void {
  new ResizeObserver(() => {
    const { width, height } = document.documentElement.getBoundingClientRect();
    tell({ width: Math.ceil(width), height: Math.ceil(height) });
  }).observe(document.documentElement);
}
