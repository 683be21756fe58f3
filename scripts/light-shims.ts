/**
 * Stands for `@modelcontextprotocol/server/_shims` in the bundle. The SDK's choice for Node compiles schemas with Ajv
 * (290 kB, some 9 ms of every start); its own interpreter for edge runtimes is a seventh of that and does the same.
 */

export { default as process } from 'node:process';
export { CfWorkerJsonSchemaValidator as DefaultJsonSchemaValidator } from '@modelcontextprotocol/server/validators/cf-worker';
