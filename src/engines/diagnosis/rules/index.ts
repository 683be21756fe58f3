import type { Rule } from '../rule.ts';
import { imageTagNotFound } from './pod/image-tag-not-found.ts';
import { svcSelectorMatchesNothing } from './service/svc-selector-matches-nothing.ts';

/** Every rule; the order decides nothing but which of two equal findings is named first. */
export const rules: readonly Rule[] = [imageTagNotFound, svcSelectorMatchesNothing];
