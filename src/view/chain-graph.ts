import type { DiagnosedCause } from '../tools/report/diagnosis.ts';

/** What happens one after the other, from the cause to what the user sees; and what is hit besides. */
export interface Step {
  readonly kind: string;
  readonly name: string;
  readonly text: string;
  readonly role: 'cause' | 'step' | 'seen' | 'besides';
}

export interface Box extends Step {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** The text, broken to fit. */
  readonly lines: readonly string[];
}

export interface Graph {
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly Box[];
  /** SVG paths. */
  readonly arrows: readonly string[];
  readonly ties: readonly string[];
}

type ChainOf = Pick<DiagnosedCause, 'object' | 'title' | 'chain' | 'affected'>;

/** The cause first; each step by what is said of it. */
export function stepsOf({ object, title, chain, affected }: ChainOf): readonly Step[] {
  const [first] = chain;
  const begins = first !== undefined && first.object.kind === object.kind && first.object.name === object.name;
  const links = begins ? chain : [{ object, message: title }, ...chain];
  const steps = links.map(({ object: { kind, name }, message: text }, index): Step => {
    const last = links.length > 1 && index === links.length - 1;
    return { kind, name, text, role: index === 0 ? 'cause' : last ? 'seen' : 'step' };
  });
  const known = new Set(steps.map(({ kind, name }) => `${kind}/${name}`));
  const besides = [...affected.services, ...affected.routes].flatMap((path): readonly Step[] => {
    const [object = '', ...route] = path.split(' ');
    const [kind = '', name = ''] = object.split('/');
    return known.has(object) ? [] : [{ kind, name, text: route.join(' ') || 'has it behind it', role: 'besides' }];
  });
  return [...steps, ...besides];
}

const least = 158;
const most = 250;
const gap = 30;
const padding = 10;
const headHeight = 44;
const lineHeight = 16;
/** Of the font that the texts are set in, in px: rather too wide than too narrow. */
const letter = 6.7;
const indent = 18;

/** Side by side where that fits, otherwise one below the other. */
export function layOut(steps: readonly Step[], width: number): Graph {
  const chain = steps.filter(({ role }) => role !== 'besides');
  const besides = steps.filter(({ role }) => role === 'besides');
  const each = Math.floor((width - gap * (chain.length - 1)) / chain.length);
  return each >= least ? inARow(chain, besides, Math.min(each, most)) : inAColumn(chain, besides, width);
}

function inARow(chain: readonly Step[], besides: readonly Step[], width: number): Graph {
  const lines = chain.map(({ text }) => broken(text, width));
  const height = heightOf(Math.max(...lines.map(({ length }) => length)));
  const above = chain.map(
    (step, index): Box => ({
      ...step,
      x: index * (width + gap),
      y: 0,
      width,
      height,
      lines: lines[index] ?? [],
    }),
  );
  const below = stacked(besides, { x: indent * 2, y: height + gap / 2, width: Math.max(width, most) });
  return {
    width: Math.max(...[...above, ...below].map((box) => box.x + box.width)),
    height: endOf([...above, ...below]),
    boxes: [...above, ...below],
    arrows: above.slice(1).map(({ x, y }) => `M${x - gap + 2},${y + headHeight / 2}H${x - 3}m-6,-4l6,4l-6,4`),
    ties: tiesTo(below, { x: indent, y: height }),
  };
}

function inAColumn(chain: readonly Step[], besides: readonly Step[], whole: number): Graph {
  const width = Math.min(whole, 2 * most) - indent;
  const above = stacked(chain, { x: indent, y: 0, width, between: gap });
  const below = stacked(besides, { x: indent * 2, y: endOf(above) + gap / 2, width: width - indent });
  return {
    width: width + indent,
    height: endOf([...above, ...below]),
    boxes: [...above, ...below],
    arrows: above.slice(1).map(({ x, y }) => `M${x + indent},${y - gap + 2}V${y - 3}m-4,-6l4,6l4,-6`),
    ties: tiesTo(below, { x: indent / 2, y: headHeight / 2, from: indent }),
  };
}

interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly between?: number;
}

function stacked(steps: readonly Step[], { x, y, width, between = gap / 2 }: Place): readonly Box[] {
  let top = y;
  return steps.map((step) => {
    const lines = broken(step.text, width);
    const box = { ...step, x, y: top, width, height: heightOf(lines.length), lines };
    top += box.height + between;
    return box;
  });
}

/** Dashed lines from the cause to what it hits besides. */
const tiesTo = (boxes: readonly Box[], { x, y, from = x }: { x: number; y: number; from?: number }) =>
  boxes.map((box) => `M${from},${y}H${x}V${box.y + headHeight / 2}H${box.x}`);

const endOf = (boxes: readonly Box[]): number => Math.max(0, ...boxes.map(({ y, height }) => y + height));
const heightOf = (lines: number): number => headHeight + lines * lineHeight + (lines > 0 ? padding : 0);

const mostLines = 4;

/** As many lines as there may be; the last one says that there is more. */
function broken(text: string, width: number): readonly string[] {
  const room = roomIn(width);
  const lines: string[] = [];
  for (const word of text.split(/\s+/).flatMap((each) => inPieces(each, room))) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= room) lines[lines.length - 1] = `${last} ${word}`;
    else if (word !== '') lines.push(word);
  }
  if (lines.length <= mostLines) return lines;
  return [...lines.slice(0, mostLines - 1), shortened(lines.slice(mostLines - 1).join(' '), room)];
}

const inPieces = (word: string, room: number): readonly string[] => word.match(new RegExp(`.{1,${room}}`, 'gu')) ?? [];

/** How many letters stand beside each other in a box. */
export const roomIn = (width: number): number => Math.max(8, Math.floor((width - 2 * padding) / letter));

export const shortened = (text: string, room: number): string =>
  text.length <= room ? text : `${text.slice(0, room - 1).toWellFormed()}…`;
