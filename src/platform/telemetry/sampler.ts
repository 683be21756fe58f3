import { diag } from '@opentelemetry/api';
import { getNumberFromEnv, getStringFromEnv } from '@opentelemetry/core';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace';

const roots: Readonly<Record<string, () => Sampler>> = {
  always_on: () => new AlwaysOnSampler(),
  always_off: () => new AlwaysOffSampler(),
  traceidratio: () => new TraceIdRatioBasedSampler(getNumberFromEnv('OTEL_TRACES_SAMPLER_ARG') ?? 1),
};

/** As the specification names them ("SDK environment variables"); the SDK without its automatisms reads neither variable. */
export function samplerFromEnvironment(): Sampler {
  const name = getStringFromEnv('OTEL_TRACES_SAMPLER') ?? 'parentbased_always_on';
  const [, based, rootName = ''] = /^(parentbased_)?(.*)$/.exec(name) ?? [];
  const root = roots[rootName];
  if (root === undefined) diag.warn(`OTEL_TRACES_SAMPLER ${name} is not known; parentbased_always_on is taken`);
  if (root !== undefined && based === undefined) return root();
  return new ParentBasedSampler({ root: root?.() ?? new AlwaysOnSampler() });
}
