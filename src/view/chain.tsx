import { useEffect, useRef, useState } from 'preact/hooks';
import type { DiagnosedCause } from '../tools/report/diagnosis.ts';
import { type Box, layOut, roomIn, type Step, shortened, stepsOf } from './chain-graph.ts';
import { Part } from './words.tsx';

/** From the cause to what the user sees, drawn; whoever does not see it hears it as a list. Of a cause alone nothing. */
export function Chain({ cause }: { readonly cause: DiagnosedCause }) {
  const steps = stepsOf(cause);
  return (
    <Part title="What follows from it" when={steps.length > 1}>
      <Drawing steps={steps} />
    </Part>
  );
}

function Drawing({ steps }: { readonly steps: readonly Step[] }) {
  const frame = useRef<HTMLElement>(null);
  const width = useWidth(frame);
  const graph = layOut(steps, width);
  return (
    <figure class="chain" ref={frame}>
      <svg viewBox={`-1 -1 ${graph.width + 2} ${graph.height + 2}`} width={graph.width + 2} aria-hidden="true">
        {graph.ties.map((path) => (
          <path class="tie" d={path} />
        ))}
        {graph.arrows.map((path) => (
          <path class="arrow" d={path} />
        ))}
        {graph.boxes.map((box) => (
          <Node box={box} />
        ))}
      </svg>
      <ol class="unseen">
        {steps.map(({ kind, name, text, role }) => (
          <li>
            {spoken[role]}: {kind} {name}, {text}
          </li>
        ))}
      </ol>
    </figure>
  );
}

const spoken = {
  cause: 'Cause',
  step: 'Then',
  seen: 'Then, which is what users see',
  besides: 'Affected besides',
} as const;

function Node({ box }: { readonly box: Box }) {
  const { x, y, width, height, kind, name, lines, text, role } = box;
  return (
    <g class={`node ${role}`} transform={`translate(${x} ${y})`}>
      <title>{`${kind}/${name}: ${text}`}</title>
      <rect width={width} height={height} rx="5" />
      <text x="10" y="17" class="kind">
        {kind}
      </text>
      <text x="10" y="34" class="name">
        {shortened(name, roomIn(width) - 2)}
      </text>
      {lines.map((line, index) => (
        <text x="10" y={55 + index * 16} class="line">
          {line}
        </text>
      ))}
    </g>
  );
}

/** Of the place that the drawing has, as it changes. */
function useWidth(frame: { readonly current: HTMLElement | null }): number {
  const [width, setWidth] = useState(640);
  useEffect(() => {
    if (frame.current === null) return undefined;
    const observer = new ResizeObserver(([entry]) => entry && setWidth(Math.floor(entry.contentRect.width)));
    observer.observe(frame.current);
    return () => observer.disconnect();
  }, []);
  return Math.max(240, width - 2);
}
