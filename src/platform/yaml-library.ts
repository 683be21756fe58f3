/**
 * What kubemend uses of `yaml`, named: of a package of CommonJS that is imported dynamically a bundler sees no names.
 * Loaded by dynamic import only.
 */
export { isMap, isScalar, isSeq, Lexer, LineCounter, parse, parseDocument, stringify } from 'yaml';
