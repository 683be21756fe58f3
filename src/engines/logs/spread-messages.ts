import { isFrame } from './frames.ts';

/** Lines over which one message goes on, at most. */
const maximumSpread = 12;

/** `] is not matching with [4`: whether brackets are open that a later line has to close. */
const isOpen = (text: string): boolean => text.split('[').length > text.split(']').length;

/** YAML's parsers say what they were at, where, and only then what is wrong. */
const atYaml = /\bwhile (?:scanning|parsing|constructing|composing) an? [\w -]+$/;
const yamlProblem = /^\s*(?:found |could not find |expected |did not find |but found |mapping values |duplicate )/;
const yamlPlace = /^\s+in .+, line \d+, column \d+:?$/;

/** .NET writes which argument it is about to a line of its own. */
const parameter = /^Parameter name: \S/;

/** `1) Configuration property 'x' was not used`, below a rule or the word "Errors:". */
const listed = /^\d{1,2}\) \S/;
const aboveList = /^(?:={5,}|(?:Configuration )?[Ee]rrors?:)$/;

const isTyped = (line: string): boolean => /^(?:Caused by: )?(?:[\w$]+\.)*[\w$]*(?:Exception|Error)\b/.test(line);

/** Whether a line goes on with the message of an exception that the lines before began. */
export function goesOn(lines: readonly string[], text: string): boolean {
  const last = lines.at(-1) ?? '';
  if (parameter.test(text)) return isTyped(last);
  if (yamlProblem.test(text)) return lines.slice(-maximumSpread).some((line) => yamlPlace.test(line));
  const begun = lines.slice(-maximumSpread).findLastIndex(isTyped);
  return begun !== -1 && isOpen(lines.slice(-maximumSpread).slice(begun).join('\n'));
}

/** Whether a line is a part of the list of errors that a complaint announced. */
export const isListed = (lines: readonly string[], text: string): boolean =>
  aboveList.test(text) ||
  (listed.test(text) && lines.slice(-2).some((line) => aboveList.test(line) || listed.test(line)));

const mostListed = 3;

/** What stands in the list of errors below a complaint; `undefined` when there is none. */
export function listIn(lines: readonly string[]): string | undefined {
  const items = lines.filter((line) => listed.test(line)).map((line) => line.replace(/^\d{1,2}\) (?:Error: )?/, ''));
  return items.length === 0 ? undefined : items.slice(0, mostListed).join('; ');
}

/** The message that begins on a line, with the lines over which it goes on. */
export function messageAt(lines: readonly string[], at: number): string {
  const text = lines[at] ?? '';
  const below = lines.slice(at + 1, at + 1 + maximumSpread);
  if (atYaml.test(text)) {
    const problem = below.find((line) => yamlProblem.test(line));
    return problem === undefined ? text : `${text}: ${problem.trim()}`;
  }
  if (parameter.test(below[0] ?? '')) return `${text} ${below[0]}`;
  if (isOpen(text)) {
    const end = below.findIndex((_, index) => !isOpen([text, ...below.slice(0, index + 1)].join('\n')));
    return end === -1 ? text : [text, ...below.slice(0, end + 1)].join(' ');
  }
  const [next] = below;
  return !text.endsWith(':') || next === undefined || isFrame(next) ? text : `${text} ${next.trim()}`;
}

const mostAnnounced = 3;
/** `:erlang.binary_to_integer("tcp://…")`: the call that Elixir shows below what was wrong with its arguments. */
const erlangCall = /^\s+:\w+\.\w+\(/;

/** A line that may announce the next, with that, and so on. */
export function announcedAt(lines: readonly string[], at: number): string {
  const said = [lines[at]?.trim() ?? ''];
  for (const line of lines.slice(at + 1)) {
    const isCall = erlangCall.test(line) && /^\* \w+ argument: /.test(said.at(-1) ?? '');
    if (!(isCall || (said.at(-1)?.endsWith(':') === true && said.length <= mostAnnounced))) break;
    said.push(line.trim());
  }
  return said.join(' ');
}
