/**
 * A copy that stands alone. A part of a string keeps the whole alive (V8 `SlicedString`), and a line is a part of a
 * block of the log: a few hundred words that are kept would keep as many blocks.
 */
export const ownText = (text: string): string => ` ${text}`.slice(1);
