import type { Impossible } from '../../engines/healing/material.ts';
import { nameOf, type ObjectRef } from '../../engines/objects.ts';
import { AppError } from '../../platform/errors.ts';

/** The answer to what cannot be done as asked: the guard rule that stands against it, and what would be possible. */
export const impossible = ({ impossible: why, instead, rule }: Impossible, target: ObjectRef): AppError =>
  new AppError('refused', rule === undefined ? why : `${rule}: ${why}`, {
    hint: instead,
    details: { object: nameOf(target), ...(rule !== undefined && { rules: [rule] }) },
  });
