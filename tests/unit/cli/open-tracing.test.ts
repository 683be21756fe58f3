import { describe, expect, it } from 'vitest';
import { openTracing } from '../../../src/cli/open-tracing.ts';
import { silentLogger } from '../../../src/platform/logging.ts';
import { noTracing } from '../../../src/platform/tracing.ts';

const opened = (environment: Readonly<Record<string, string>>) =>
  openTracing({ environment, version: '1', log: silentLogger });

describe('where spans go', () => {
  it('is nowhere unless a collector is named', async () => {
    expect(await opened({})).toBe(noTracing);
    expect(await opened({ OTEL_EXPORTER_OTLP_ENDPOINT: ' ', OTEL_SERVICE_NAME: 'mend' })).toBe(noTracing);
    expect(noTracing.begin({ name: 'a', kind: 'internal' }, undefined)).toBeUndefined();
  });

  it.each(['collector:4317', 'localhost:4318', 'ftp://collector', 'http://'])('is not %s', async (endpoint) => {
    await expect(opened({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: endpoint })).rejects.toMatchObject({
      code: 'validation_error',
      message: expect.stringContaining('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: must be a URL'),
    });
  });
});
