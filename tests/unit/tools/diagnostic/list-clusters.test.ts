import { expect, it } from 'vitest';
import { listClusters } from '../../../../src/tools/diagnostic/list-clusters.ts';
import { aContext, runTool, someClusters } from '../../../support/fake-reader.ts';

it('shows contexts, the default one, and why one does not answer', async () => {
  const clusters = someClusters({
    list: async () => [
      { name: 'prod', default: true, reachable: true, version: 'v1.36.3', server: 'https://prod' },
      { name: 'staging', default: false, reachable: false, problem: 'connection refused' },
      { name: 'old', default: false, reachable: false },
    ],
  });

  const { data, text } = await runTool(listClusters, {}, aContext({ clusters }));

  expect(data['clusters']).toHaveLength(3);
  expect(text).toMatchInlineSnapshot(`
    "NAME            VERSION  STATE
    prod (default)  v1.36.3  reachable
    staging         ?        connection refused
    old             ?        not reachable"
  `);
});

it('says that there is none', async () => {
  const { text } = await runTool(listClusters, {}, aContext({ clusters: someClusters({ list: async () => [] }) }));

  expect(text).toBe('There is no cluster: no kubeconfig, or no context in it.');
});
