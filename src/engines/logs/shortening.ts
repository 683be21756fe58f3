import { failureWords } from './severity.ts';

const maximumLength = 200;

/** A text in the length of a line: without packages and who speaks, and with its end where that is the reason. */
export const cut = (text: string): string =>
  text.length > maximumLength ? shortened(text.replaceAll(packages, '').replaceAll(speaking, '')) : text;

/** `service=api component=cache `: fields of logfmt that say who speaks, and when. */
const speaking =
  /(?<![^\s])(?:\w*time|ts|service|app|component|caller|logger|\w*version|host(?:name)?|pod|namespace|thread|pid|region)=[^\s"]+ (?=\w+=)/g;

/** `com.example.shop.` before the name of a class. */
const packages = /\b(?:[a-z]\w{0,60}\.){2,12}(?=[A-Z])/g;

const shortestHead = 40;
const longestEnd = maximumLength - shortestHead - 3;
/** How far into a text or a clause the words stand that make it the reason. */
const nearWords = 160;
const nearWordsOfClause = 100;

/** Keeps the end where that is the reason: `cannot start: cannot open …: permission denied`. */
function shortened(text: string): string {
  if (text.length <= maximumLength) return text;
  const clauses = [...text.matchAll(/: /g)].map(({ index }) => index + 2).filter((from) => from > shortestHead);
  const whole = clauses.find((from) => text.length - from <= longestEnd && isReason(text.slice(from)));
  if (whole !== undefined) return joinedAt(text, text.slice(whole));
  const last = clauses.at(-1);
  return last === undefined ||
    failureWords.test(text.slice(0, nearWords)) ||
    !failureWords.test(text.slice(last, last + nearWordsOfClause))
    ? shortTo(text, maximumLength)
    : joinedAt(text, shortTo(text.slice(last), longestEnd));
}

/** Words of failure, or what a server answered with its own level before it. */
const isReason = (clause: string): boolean => failureWords.test(clause) || /^(?:ERROR|FATAL): /.test(clause);

const joinedAt = (text: string, end: string): string =>
  `${text.slice(0, maximumLength - end.length - 3).replace(/\s+\S*$/, '')} … ${end}`;

const shortTo = (text: string, length: number): string =>
  text.length <= length ? text : `${text.slice(0, length - 1).trimEnd()}…`;
