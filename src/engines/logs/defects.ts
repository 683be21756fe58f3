/**
 * Errors that only a mistake in the program makes, whatever it is asked: a healthy one does not go on with them. What a
 * browser's `fetch` calls a TypeError is a connection that failed.
 */
const defect =
  /\b(?:TypeError(?!: (?:fetch failed|Failed to fetch|NetworkError|terminated|Load failed))|ReferenceError|AttributeError|NameError|UnboundLocalError|ZeroDivisionError|NoMethodError|NullPointerException|NullReferenceException|(?:Array)?IndexOutOfBoundsException|IndexOutOfRangeException|ClassCastException|nil pointer dereference|index out of range \[|(?:division|divided?) by zero|un(?:handled|caught) exception)\b/i;

/** Whether a text tells of a mistake in the program itself, not of what it was given or called. */
export const isDefect = (text: string): boolean => defect.test(text);
