import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { writeKubeconfig } from '../support/kubeconfig-file.ts';

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

it('ends with its answer, whatever a credential plugin still waits for', async () => {
  // Waits for its input to end, which the program never does.
  const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: 'cat', interactiveMode: 'Never' };
  const server = 'https://127.0.0.1:1';
  const kubeconfig = await writeKubeconfig([{ name: 'prod', server, user: { exec } }]);

  const child = spawn(process.execPath, [main, 'diagnose', '--kubeconfig', kubeconfig, '--timeout', '3']);
  const [message, [status]] = await Promise.all([text(child.stderr), once(child, 'exit')]);

  expect(message).toContain('raise KUBEMEND_TIMEOUT');
  expect(status).toBe(2);
}, 20_000);
