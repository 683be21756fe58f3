/**
 * Sequences that steer a terminal or hide text from a reader but not from a model: CSI, OSC and other escapes
 * (ECMA-48), C0 and C1 controls except tab and newline, soft hyphen, zero-width characters, bidirectional marks and
 * overrides (UAX #9), invisible operators, interlinear marks, variation selectors, and tag characters.
 */
const steering = new RegExp(
  [
    String.raw`\u001b\[[0-?]{0,64}[ -/]{0,16}[@-~]`,
    String.raw`\u001b[\]PX^_][^\u0007\u001b\n]{0,4096}(?:\u0007|\u001b\\)`,
    String.raw`\u001b[ -/]{0,4}[0-Z\\^-~]?`,
    String.raw`\r(?=\n)`,
    String.raw`[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f]`,
    String.raw`[\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb]`,
    String.raw`[\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}]`,
  ].join('|'),
  'gu',
);

/** Most text has nothing but these and is plain already. */
const unusual = /[^\t\n -~]/;

/** Text from a cluster as plain text: well-formed Unicode, tabs and newlines, nothing that steers or hides. */
export const plainText = (text: string): string =>
  unusual.test(text) ? text.toWellFormed().replace(steering, '') : text;
