import { describe, expect, it } from 'vitest';
import { allowedContexts } from '../../../../src/kubernetes/live/allowed-contexts.ts';
import type { ContextEntry } from '../../../../src/kubernetes/live/kubeconfig.ts';

const aContext = (name: string, isDefault = false): ContextEntry => ({
  name,
  default: isDefault,
  credentials: () => Promise.reject(new Error('nobody connects here')),
});
const all = [aContext('prod', true), aContext('staging'), aContext('dev')];
const shown = (contexts: readonly ContextEntry[]) =>
  contexts.map(({ name, default: isDefault }) => (isDefault ? `${name}*` : name));

describe('the contexts that may be used', () => {
  it.each([
    ['all, when nothing is said', undefined, ['prod*', 'staging', 'dev']],
    ['those named, in the order of the kubeconfig', ['staging', 'prod'], ['prod*', 'staging']],
    ['without a default, when that is left out', ['dev', 'staging'], ['staging', 'dev']],
    ['with the only one as the default', ['dev'], ['dev*']],
  ])('are %s', (_, allowed, expected) => {
    expect(shown(allowedContexts(all, allowed))).toEqual(expected);
  });

  it('are not guessed from a misspelt name', () => {
    expect(() => allowedContexts(all, ['prod', 'stagin'])).toThrow(
      expect.objectContaining({
        code: 'unavailable',
        message: '--clusters: the kubeconfig has no context stagin.',
        hint: 'Did you mean staging?',
      }),
    );
  });
});
