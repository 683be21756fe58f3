import { configuredTexts } from '../../../configured.ts';
import { memoryLimitOf } from '../../../crashes/memory.ts';
import { type HeapLimit, heapLimitIn } from '../../../heap-limits.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { type LogFault, logFindings } from '../../log-finding.ts';
import { defineRule } from '../../rule.ts';

export const logRuntimeMemory = defineRule({
  id: 'log-runtime-memory',
  title: 'The language runtime ran out of memory',
  area: 'pod',
  class: 'cause',
  severity: 'high',
  meaning:
    'The heap that the runtime allows itself is full. The kernel killed nothing: the memory limit of the container may be far.',
  detection:
    'The log line that tells most about a crash, or about a readiness check that answers with an error, or that a ' +
    'ready container repeats up to now, says so in the words of the runtime: java.lang.OutOfMemoryError, "JavaScript ' +
    'heap out of memory", MemoryError, "fatal error: out of memory". The heap limit in command, arguments and ' +
    'environment is compared with the memory limit. A kill by the kernel is `oom-container-limit`.',
  remedies: ['Raise the heap within the memory limit, or both.', 'Find the leak when it grows again.'],
  avoid: ['raising only the memory limit: the runtime does not use more than its own'],

  check: (snapshot) =>
    logFindings(snapshot, 'log-runtime-memory', (fault) => {
      const { says, advice } = comparison(snapshot, fault);
      const reason = 'the heap that the runtime allows itself is full, not the memory of the container';
      return { clause: says, fixes: [{ advice, reason }] };
    }),
});

/** A heap limit in a variable that comes from a ConfigMap. */
const configuredHeap = (snapshot: Snapshot, fault: LogFault): HeapLimit | undefined =>
  configuredTexts(snapshot, fault).flatMap(({ field, variable, text }) => {
    const heap = variable === undefined ? undefined : heapLimitIn({ name: '', env: [{ name: variable, value: text }] });
    return heap === undefined ? [] : [{ ...heap, text: `${heap.text} in ${field}` }];
  })[0];

function comparison(snapshot: Snapshot, fault: LogFault): { readonly says: string; readonly advice: string } {
  const { pod, container } = fault;
  const heap = heapLimitIn(container.spec) ?? configuredHeap(snapshot, fault);
  const memory = memoryLimitOf(pod, container);
  const within = memory === undefined ? '' : `, within its memory limit of ${memory}`;
  if (heap === undefined) {
    return {
      says: memory === undefined ? '' : ` (no heap limit is set; the memory limit is ${memory})`,
      advice: `give the runtime of container ${container.name} a larger heap${within}`,
    };
  }
  const limit = memory === undefined ? 'there is no memory limit' : `the memory limit is ${memory}`;
  return {
    says: ` (the heap is limited by ${heap.text}; ${limit})`,
    advice: `raise ${heap.text} of container ${container.name}${within}`,
  };
}
