import { exit139134 } from '../../../../../../src/engines/diagnosis/rules/pod/exit-139-134.ts';
import { aContainer, aLog, anObject, aPod, aSnapshot, crashed } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const pod = (exitCode: number, reason = 'Error') =>
  aPod('web', { containers: [aContainer('app', crashed({ exitCode, reason }))] });

testRule(exit139134, {
  silent: {
    'a plain error': aSnapshot({ objects: [pod(1)], logs: [aLog('web', ['Segmentation fault'])] }),
    'a kill': aSnapshot({ objects: [pod(137)] }),
    'an OOM kill that ended as an abort': aSnapshot({ objects: [pod(134, 'OOMKilled')] }),
    'an abort after an exception that the application did not handle': aSnapshot({
      objects: [pod(134)],
      logs: [aLog('web', ['Unhandled exception. System.InvalidOperationException: no connection string'])],
    }),
    'a healthy pod': aSnapshot({ objects: [aPod('web')] }),
  },
  speaks: {
    'of a segmentation fault, with the node that it ran on': [
      aSnapshot({
        objects: [
          pod(139),
          anObject('Node', 'node-1', { status: { nodeInfo: { architecture: 'arm64', kernelVersion: '6.1' } } }),
        ],
        logs: [aLog('web', ['loading libcodec', 'Segmentation fault'])],
      }),
      {
        object: 'Pod/web',
        problem: 'with exit code 139 (SIGSEGV, a memory access that is not allowed): Segmentation fault',
        certainty: 'declared',
        evidence: ['the node runs arm64'],
      },
    ],
    'of an abort with what the C library says': [
      aSnapshot({ objects: [pod(134)], logs: [aLog('web', ['free(): invalid pointer'])] }),
      { object: 'Pod/web', problem: 'with exit code 134 (SIGABRT, it gave up itself): free(): invalid pointer' },
    ],
  },
});
