import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kubectl, type Service } from './bed.ts';
import { failing, needing, rollingOut, silent, torn } from './guard-faults.ts';
import { applied, calm } from './guard-places.ts';
import { aLesserUser, deliveryKinds, limited, mutated, removed, withoutDeliveryKinds } from './guard-policies.ts';
import { asking } from './guards-asking.ts';
import { refusing } from './guards-refusing.ts';
import { type Healer, healersOf, unlimited } from './healer.ts';
import { type Answer, aProposedService, type Proposal, proposed } from './proposals.ts';
import { aWorkload } from './workloads.ts';

const healers = healersOf('guard');
const policy = `${unlimited}\nrules: [{ labels: { e2e: advised }, tier: advice }]`;

type Build = (healer: Healer) => Promise<unknown>;
const places: Readonly<Record<string, Build>> = {
  calm,
  needing,
  torn,
  silent,
  rolling: rollingOut,
  stormy: (healer) => failing(healer, ['d', 'e']),
  quiet: (healer) => failing(healer, ['e']),
  limited,
  mutated,
  ingress: ({ namespace }) => applied(namespace, aWorkload('web', { replicas: 0 })),
};

describe.concurrent('a guard', () => {
  const made = new Map<string, Healer>();
  const services: { full?: Service; lesser?: Service } = {};
  const before = new Map<string, string>();

  beforeAll(async () => {
    await deliveryKinds();
    await Promise.all(
      Object.entries(places).map(async ([name, build]) => {
        const healer = await healers.in(name, { policy });
        made.set(name, healer);
        await build(healer);
      }),
    );
    const { calm: home } = Object.fromEntries(made) as Record<string, Healer>;
    if (home === undefined) throw new Error('there is no place');
    services.full = await aProposedService(home);
    services.lesser = await aProposedService(home, { KUBECONFIG: await aLesserUser(home) });
    for (const [name, { namespace }] of made) before.set(name, await stateOf(namespace));
  });

  afterAll(async () => {
    await Promise.all([services.full?.stop(), services.lesser?.stop()]);
    await removed([...made.values()]);
    await withoutDeliveryKinds();
    await healers.end();
  });

  async function answered(proposal: Proposal): Promise<Answer> {
    const { url = '' } = (proposal.lesser ? services.lesser : services.full) ?? {};
    return proposed(url, proposal, made.get(proposal.place)?.namespace ?? '');
  }

  it.each(refusing)('$guard refuses $what; not so $but', async ({ guard, refused, says, instead, allowed }) => {
    const no = await answered(refused);
    const yes = await answered(allowed);

    expect([no.outcome, no.told, no.hint]).toEqual([
      'refused',
      expect.stringMatching(says),
      expect.stringMatching(instead),
    ]);
    expect(no.told).toMatch(new RegExp(`\\b${guard}: `));
    expect([yes.outcome, yes.said[guard]]).toEqual(['approval_required', expect.stringMatching(/^allow: /)]);
  });

  it.each(asking)('$guard asks about $what; not so $but', async ({ guard, asked, says, allowed }) => {
    const ask = await answered(asked);
    const yes = await answered(allowed);

    expect([ask.outcome, ask.said[guard]]).toEqual(['approval_required', expect.stringMatching(says)]);
    expect(ask.told).toContain(`  mind      ${guard}: `);
    expect([yes.outcome, yes.said[guard] ?? 'allow: ']).toEqual([
      'approval_required',
      expect.stringMatching(/^allow: /),
    ]);
  });

  it('G38 shows no value of a variable, old or new', async () => {
    const { told } = await answered({
      tool: 'rollback_workload',
      place: 'rolling',
      input: { object: 'deployment/provided' },
    });

    expect(told).toContain('env[PASSWORD].value: ');
    expect(told).not.toMatch(/hunter2|letmein/);
  });

  it('has let nothing change', { concurrent: false }, async () => {
    for (const [name, { namespace }] of made) expect(await stateOf(namespace)).toBe(before.get(name));
  });
});

/** Which workloads there are, and in which generation. */
const stateOf = (namespace: string): Promise<string> =>
  kubectl(
    'get',
    'deployments,statefulsets',
    '-n',
    namespace,
    '-o',
    'jsonpath={range .items[*]}{.metadata.uid} {.metadata.generation} {.metadata.annotations}{"\\n"}{end}',
  );
