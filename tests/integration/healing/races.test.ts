import { describe, expect, it } from 'vitest';
import { anObject } from '../../support/builders.ts';
import { aLiveDeployment } from '../../support/healing.ts';
import { aBed, aProcess, writesOf } from '../../support/healing-bed.ts';
import { aNode } from '../../support/nodes.ts';
import { races } from '../../support/races.ts';

const rounds = 25;

describe('two processes', { timeout: 120_000 }, () => {
  it('with one approval apply it once, and the other is told so', async () => {
    const ended = await races(rounds);

    expect(ended.map(({ writes, state }) => [writes, state])).toEqual(ended.map(() => [1, 'healthy']));
    expect(new Set(ended.map(({ answers }) => answers.join(' ')))).toSatisfy((seen: Set<string>) =>
      [...seen].every((pair) => pair === 'conflict healthy' || pair === 'healthy refused'),
    );
    expect(ended).toHaveLength(rounds);
  });

  it('with two plans for one object write it once at most: whoever sees the other, or a change, gives way', async () => {
    const bed = await aBed([
      anObject('Namespace', 'shop'),
      anObject('Namespace', 'default'),
      aNode('node-1'),
      aNode('node-2'),
      ...aLiveDeployment().all,
    ]);
    const [first, second] = [await aProcess(bed), await aProcess(bed)];
    const [four, five] = [4, 5].map((replicas) => ({ object: 'deployment/web', replicas }));
    const plans = [await first.plan('scale_workload', four), await second.plan('scale_workload', five)];
    const results = await Promise.all([
      first.answer('scale_workload', four ?? {}, plans[0] ?? ''),
      second.answer('scale_workload', five ?? {}, plans[1] ?? ''),
    ]);

    const gaveWay = results.filter(({ success }) => !success).map((result) => result['error_type']);
    expect(gaveWay).toEqual(gaveWay.map(() => expect.stringMatching(/^(?:conflict|refused)$/)));
    expect(gaveWay.length).toBeGreaterThanOrEqual(1);
    expect(writesOf(bed).length).toBeLessThanOrEqual(1);
    await bed.server.close();
  });
});
