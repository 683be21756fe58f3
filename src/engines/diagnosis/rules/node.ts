import type { Rule } from '../rule.ts';
import { containerRuntimeStuck } from './node/container-runtime-stuck.ts';
import { nodeCordoned } from './node/node-cordoned.ts';
import { nodeDiskPressure } from './node/node-disk-pressure.ts';
import { nodeKubeletCertificate } from './node/node-kubelet-certificate.ts';
import { nodeMemoryOrPidPressure } from './node/node-memory-or-pid-pressure.ts';
import { nodeNetworkAgentDown } from './node/node-network-agent-down.ts';
import { nodeNotReadyRuntime } from './node/node-not-ready-runtime.ts';
import { nodeNotReadySilent } from './node/node-not-ready-silent.ts';
import { nodeProblemDetected } from './node/node-problem-detected.ts';
import { nodeRebooted } from './node/node-rebooted.ts';
import { nodeVersionSkew } from './node/node-version-skew.ts';
import { sharedCauseNode } from './node/shared-cause-node.ts';

/** The rules of the folder `node`. */
export const nodeRules: readonly Rule[] = [
  containerRuntimeStuck,
  nodeCordoned,
  nodeDiskPressure,
  nodeKubeletCertificate,
  nodeMemoryOrPidPressure,
  nodeNetworkAgentDown,
  nodeNotReadyRuntime,
  nodeNotReadySilent,
  nodeProblemDetected,
  nodeRebooted,
  nodeVersionSkew,
  sharedCauseNode,
];
