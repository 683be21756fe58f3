/** A cluster of one size, and what its diagnosis cost. */
export interface Point {
  readonly pods: number;
  readonly ms: number;
  readonly rawMs: number;
  readonly ratio: number;
  readonly peakMib: number;
  readonly bytes: number;
  readonly rawBytes: number;
  readonly requests: number;
  readonly answerBytes: number;
}

interface Series {
  readonly title: string;
  readonly unit: string;
  readonly lines: readonly {
    readonly name: string;
    readonly color: string;
    readonly valueOf: (point: Point) => number;
  }[];
}

const series: readonly Series[] = [
  {
    title: 'Time',
    unit: 's',
    lines: [
      { name: 'diagnose -A', color: '#2563eb', valueOf: ({ ms }) => ms / 1_000 },
      { name: 'the raw reads', color: '#9ca3af', valueOf: ({ rawMs }) => rawMs / 1_000 },
    ],
  },
  {
    title: 'Read from the API server',
    unit: 'MB',
    lines: [
      { name: 'diagnose -A', color: '#2563eb', valueOf: ({ bytes }) => bytes / 1e6 },
      { name: 'the raw reads', color: '#9ca3af', valueOf: ({ rawBytes }) => rawBytes / 1e6 },
    ],
  },
  {
    title: 'Peak memory',
    unit: 'MiB',
    lines: [{ name: 'diagnose -A', color: '#2563eb', valueOf: ({ peakMib }) => peakMib }],
  },
];

const [width, height, left, top, gap] = [260, 200, 44, 40, 60];

/** Time, bytes and memory over the number of pods, side by side, as SVG. */
export function plot(points: readonly Point[]): string {
  const panels = series.map((each, index) => panel(each, points, index * (width + gap)));
  const total = series.length * (width + gap);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${total} ${height + 110}" font-family="sans-serif" font-size="12">
<rect width="100%" height="100%" fill="white"/>
${panels.join('\n')}
</svg>
`;
}

function panel({ title, unit, lines }: Series, points: readonly Point[], offset: number): string {
  const most = Math.max(...points.map(({ pods }) => pods));
  const highest = Math.max(...lines.flatMap(({ valueOf }) => points.map(valueOf))) * 1.1;
  const x = (pods: number): number => left + (pods / most) * width;
  const y = (value: number): number => top + height - (value / highest) * height;
  const at = (px: number, py: number, text: string, more = ''): string =>
    `<text x="${px.toFixed(1)}" y="${py.toFixed(1)}" ${more}>${text}</text>`;
  const curves = lines.map(({ name, color, valueOf }, index) => {
    const way = points.map((point) => `${x(point.pods).toFixed(1)},${y(valueOf(point)).toFixed(1)}`).join(' ');
    const dots = points.map((point) => {
      const [px, py] = [x(point.pods), y(valueOf(point))];
      const label = at(px, py - 7, valueOf(point).toPrecision(3), `fill="${color}" text-anchor="end"`);
      return `<circle cx="${px.toFixed(1)}" cy="${py.toFixed(1)}" r="3" fill="${color}"/>${label}`;
    });
    const legend = at(left, top + height + 36 + index * 16, name, `fill="${color}"`);
    return `<polyline points="${way}" fill="none" stroke="${color}" stroke-width="2"/>${dots.join('')}${legend}`;
  });
  const ticks = points.map(({ pods }) =>
    at(x(pods), top + height + 16, String(pods), 'text-anchor="middle" fill="#374151"'),
  );
  const axes = `<path d="M${left} ${top}V${top + height}H${left + width}" fill="none" stroke="#6b7280"/>`;
  return `<g transform="translate(${offset} 0)">
${at(left, 20, `${title}, ${unit}`, 'font-weight="bold" fill="#111827"')}
${axes}${ticks.join('')}
${curves.join('\n')}
</g>`;
}
