import { silentLogger } from '../../../src/platform/logging.ts';
import { createMcpFactory } from '../../../src/transports/mcp.ts';
import { serveOverStdio } from '../../../src/transports/stdio.ts';
import { rulePages, someClusters, somePipeline } from './fixtures.ts';

// Run as a process by stdio.test.ts: the fixture tools over this process's own stdio.
const service = { pipeline: somePipeline(), clusters: someClusters(), rules: rulePages, assets: '/nowhere' };
const stop = new AbortController();
process.on('SIGTERM', () => stop.abort());
await serveOverStdio({
  factory: createMcpFactory({ service: async () => service, version: '0.0.0' }),
  stdin: process.stdin,
  stdout: process.stdout,
  log: silentLogger,
  signal: stop.signal,
});
