import { nearest } from '../../platform/nearest.ts';
import { type Pod, refOf } from '../objects.ts';
import type { PodContainer } from '../pods.ts';
import type { CrashGap } from './crash-gap.ts';

export interface Where {
  readonly pod: Pod;
  readonly container: PodContainer;
}

/** A value that a container is given: a variable or a file of a ConfigMap. */
export interface Setting {
  /** `env[DB_HOST]`, `key DB_HOST of ConfigMap/app`. */
  readonly at: string;
  readonly value: string;
}

/** `$(NAME)`, which the kubelet replaces in command, args and env by variables that stand before it. */
const expansion = /\$\(([A-Za-z_][\w.-]*)\)/g;

/** Why a `$(NAME)` that a text shows stayed as it is. */
export function expansionGap({ pod, container: { name, spec } }: Where, text: string): CrashGap | undefined {
  const left = [...text.matchAll(expansion)].map(([, variable = '']) => variable);
  const env = spec.env ?? [];
  const users: readonly Setting[] = [
    ...(spec.command ?? []).map((value) => ({ at: 'command', value })),
    ...(spec.args ?? []).map((value) => ({ at: 'args', value })),
    ...env.flatMap((each) => (each.value === undefined ? [] : [{ at: `env[${each.name}]`, value: each.value }])),
  ];
  for (const variable of left) {
    const user = users.find(({ value }) => value.includes(`$(${variable})`));
    if (user === undefined) continue;
    const later = env.some((each) => each.name === variable);
    const near = nearest(
      variable,
      env.map((each) => each.name ?? ''),
      1,
    )[0];
    const why = later
      ? `env names ${variable} only after it`
      : `the container has no variable ${variable}${near === undefined ? '' : `; it has ${near}`}`;
    return {
      says: `$(${variable}) in ${user.at} stays as it is: ${why}`,
      evidence: [{ object: refOf(pod), source: 'spec', text: `container ${name}: ${user.at} uses $(${variable})` }],
      fixes: [
        {
          advice: later
            ? `move ${variable} before ${user.at} in env of container ${name}`
            : near === undefined
              ? `set ${variable} in env of container ${name}`
              : `write $(${near}) in ${user.at} of container ${name}`,
          reason: 'the kubelet replaces $(NAME) only by variables that it knows by then',
        },
      ],
    };
  }
  return undefined;
}
