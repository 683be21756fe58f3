import { createHash } from 'node:crypto';
import { AppError } from '../../platform/errors.ts';
import type { ListQuery } from '../ports.ts';

/** A cursor carries the server's continue token and what it continues: with another question it is refused. */
export const cursorOf = (next: string, query: ListQuery): string =>
  Buffer.from(JSON.stringify({ next, question: digestOf(query) })).toString('base64url');

/** The continue token of a cursor. Throws `validation_error` for one that we did not make for this question. */
export function continueOf(cursor: string, query: ListQuery): string {
  const { next, question } = decoded(cursor);
  if (typeof next === 'string' && question === digestOf(query)) return next;
  throw new AppError('validation_error', 'The cursor does not belong to this question.', {
    hint: 'Pass the cursor of the previous page with the same arguments, or none to start again.',
    details: { problems: [{ path: 'cursor', message: 'belongs to another question' }] },
  });
}

function decoded(cursor: string): { readonly next?: unknown; readonly question?: unknown } {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    // Not ours: the caller says so.
    return {};
  }
}

const digestOf = ({ kind, namespace, labelSelector, fieldSelector }: ListQuery): string =>
  createHash('sha256')
    .update(JSON.stringify([kind, namespace, labelSelector, fieldSelector]))
    .digest('base64url')
    .slice(0, 16);
