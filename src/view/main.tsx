import { render } from 'preact';
import { addressOf } from './address.ts';
import { Console } from './console.tsx';
import { hostBackend } from './host-backend.ts';
import { restBackend } from './rest-backend.ts';

/** In a chat client the view is a frame, and its tools are the client's; the service itself cannot be framed. */
async function start(): Promise<void> {
  const root = document.getElementById('console');
  if (root === null) return;
  const inChat = parent !== window;
  document.documentElement.classList.toggle('chat', inChat);
  const { backend, initial } = inChat
    ? await hostBackend()
    : { backend: restBackend(), initial: addressOf(location.search) };
  render(<Console backend={backend} initial={initial} inChat={inChat} />, root);
}

void start();
