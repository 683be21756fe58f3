/**
 * What kubemend uses of `@kubernetes/client-node` at run time, named, so that a bundler can leave out the rest (3 MB of
 * generated API classes). Loaded by dynamic import only.
 */
export { KubeConfig } from '@kubernetes/client-node';
