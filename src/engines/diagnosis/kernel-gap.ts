import { refOf } from '../objects.ts';
import { specPath } from '../pods.ts';
import type { CrashGap } from './crash-gap.ts';
import type { Where } from './expansion-gap.ts';

/** Settings of the kernel that programs name when they are too small, or set at their start. */
const setting =
  /(?<![\w.])(?:vm\.(?:[a-z]+_[a-z_]+|swappiness)|fs\.(?:file-max|nr_open|aio-max-nr|inotify\.[a-z_]+)|kernel\.[a-z_]+|net\.(?:core|ipv4|ipv6|netfilter)\.[a-z_.]*[a-z_])\b/;
const tooSmall =
  /\btoo (?:low|small)\b|\bincrease\b|at least|limit (?:of|reached)|\bmust be\b|lower value|needs? to be/i;
const refused = /read-only file ?system|permission denied|not permitted/i;
const demanded = /(?:at least|increase to|raise to|set (?:it )?to|>=) \[?(\d+)/i;

/** A setting of the kernel that a program finds too small, or may not change: pods have no kernel of their own. */
export function kernelGap({ pod, container }: Where, text: string): CrashGap | undefined {
  const key = setting.exec(text)?.[0];
  if (key === undefined) return undefined;
  const field = `${specPath(container)}.securityContext`;
  const node = pod.spec?.nodeName ?? 'its node';
  if (refused.test(text)) {
    if (container.spec.securityContext?.privileged === true) return undefined;
    return {
      says: `${key} is a setting of the kernel, which only a privileged container may change, and ${field}.privileged is not true`,
      evidence: [{ object: refOf(pod), source: 'spec', text: `${field}.privileged is not set to true` }],
      fixes: [
        {
          advice: `set ${key} on the nodes (/etc/sysctl.d), and leave this step out`,
          reason: 'it then holds for every pod, and none needs to be privileged',
        },
        {
          advice: `set ${field}.privileged to true, if policy allows that for this step`,
          reason: '/proc/sys is mounted read-only for the others',
        },
      ],
    };
  }
  if (!tooSmall.test(text)) return undefined;
  const value = demanded.exec(text)?.[1];
  return {
    says: `${key} is a setting of the kernel of node ${node}, which all its pods share`,
    evidence: [{ object: refOf(pod), source: 'spec', text: `it runs on node ${node}` }],
    fixes: [
      {
        advice: `sysctl -w ${key}=${value ?? 'VALUE'} on node ${node}, and keep it in /etc/sysctl.d`,
        reason: 'no field of the pod changes it',
      },
      {
        advice: `let a privileged init container of the pod set ${key}`,
        reason: 'if the nodes are not yours to change',
      },
    ],
  };
}
