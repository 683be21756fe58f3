/** What a diagnosis asks of the engines, as one import: it is loaded while the first answers are on their way. */
export { diagnose } from './diagnosis/diagnose.ts';
export { nextReads } from './reads.ts';
