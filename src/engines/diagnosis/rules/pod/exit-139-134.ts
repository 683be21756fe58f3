import { crashesBy } from '../../../crashes/crashes.ts';
import {
  crashFinding,
  deathLogCommand,
  essenceClause,
  inContainer,
  missingLog,
  whenClause,
} from '../../crash-finding.ts';
import { defineRule } from '../../rule.ts';

const signals: Readonly<Record<number, string>> = {
  132: 'SIGILL, an instruction that this CPU does not know',
  133: 'SIGTRAP, a breakpoint or a failed assertion',
  134: 'SIGABRT, it gave up itself',
  135: 'SIGBUS, a memory access that failed',
  136: 'SIGFPE, an arithmetic error',
  139: 'SIGSEGV, a memory access that is not allowed',
};

export const exit139134 = defineRule({
  id: 'exit-139-134',
  title: 'A container crashes in native code',
  area: 'pod',
  class: 'cause',
  severity: 'high',
  meaning:
    'The kernel or the C library ended the process: a fault in native code, a wrong build for this CPU, or an abort by its runtime.',
  detection:
    'The last exit code is 139 (SIGSEGV), 134 (SIGABRT) or that of another fault signal (132, 133, 135, 136). The most ' +
    'telling line of the log is quoted. An abort after an exception or error of the application, as .NET, C++ and ' +
    'Node.js end, is `crash-app-error`.',
  remedies: [
    'Roll back when it began with the last rollout.',
    'Check the image against the architecture and C library of the node.',
  ],
  avoid: ['restarting in a loop: it faults again'],

  check: (snapshot) =>
    crashesBy(snapshot, 'exit-139-134').map((crash) => {
      const base = crashFinding(snapshot, crash);
      const node = snapshot.find('Node', undefined, crash.pod.spec?.nodeName ?? '')?.status?.nodeInfo;
      return {
        ...base,
        problem: `crashes${inContainer(crash.pod, crash.container)} ${whenClause(snapshot, crash)} with exit code ${crash.exitCode} (${signals[crash.exitCode] ?? 'a fault signal'})${essenceClause(crash)}`,
        certainty: 'declared' as const,
        evidence: [
          ...base.evidence,
          ...(node === undefined
            ? []
            : [
                {
                  object: base.subject,
                  source: 'status' as const,
                  text: `the node runs ${node.architecture}, kernel ${node.kernelVersion}`,
                },
              ]),
        ],
        fixes: [
          {
            advice: `run ${crash.container.spec.image} with a core dump or a debugger; check its architecture and C library against the node`,
            reason: 'a fault in native code leaves no trace in the log',
          },
        ],
        missingEvidence: [...missingLog(crash), 'a core dump'],
        nextCheck: deathLogCommand(crash),
      };
    }),
});
