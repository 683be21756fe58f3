import * as z from 'zod';

// Inputs that recur, so that every tool words them alike. Patterns bound the length and are linear: callers are hostile.

/** A DNS label (RFC 1123). */
export const namespaceName = z
  .string()
  .regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, 'is no namespace: lower-case letters, digits and -, at most 63');

/**
 * A DNS subdomain (RFC 1123), with the colons that names of RBAC objects may have. Never `..`, a slash or a percent
 * sign, so it is safe as a segment of a URL.
 */
const namePattern = /^[a-z0-9]([-.:a-z0-9]{0,251}[a-z0-9])?$/;

export const objectName = z
  .string()
  .regex(namePattern, 'is no name of an object: lower-case letters, digits, - and ., at most 253');

/** A kind as people write it; the reader resolves it. */
const kindPattern = /^[A-Za-z][-.A-Za-z0-9]{0,252}$/;

export const kind = z
  .string()
  .regex(kindPattern, 'is no kind: write it like pod, deploy or certificates.cert-manager.io')
  .describe('As kubectl takes it: pod, deploy, certificates.cert-manager.io.');

export const namespace = namespaceName.optional().describe('Default: the configured namespace.');

export const allNamespaces = z.boolean().default(false).describe('Look at every namespace.');

export const cluster = z
  .string()
  .min(1, 'is empty: leave it out for the default context')
  .max(256, 'is too long for the name of a context')
  .optional()
  .describe('Kubeconfig context; default: the current one.');

/** `deployment/api`. Of what precedes the slash only the shape is checked; the reader knows the kinds. */
const path = z
  .string()
  .regex(
    /^[A-Za-z][-.A-Za-z0-9]{0,252}\/[a-z0-9]([-.:a-z0-9]{0,251}[a-z0-9])?$/,
    'is no object: write kind/name, such as deployment/api',
  );

export const objectToChange = path.describe('kind/name: deployment/api.');

export const objectPath = path
  .optional()
  .describe('kind/name: deployment/api, service/web, node/n1. Default: everything.');

export const cursor = z
  .string()
  .min(1, 'is empty: leave it out for the first page')
  .max(4096, 'is no cursor of an earlier answer')
  .optional()
  .describe('From the previous page.');

/** How an object is named in results. */
export const objectRef = z.object({ kind: z.string(), namespace: z.string().optional(), name: z.string() });

/** The id of an action or its plan: 26 characters, see `platform/handle.ts`. */
export const actionId = z
  .string()
  .regex(/^[0-9a-hjkmnp-tv-z]{26}$/, 'is no id of an action: it has 26 letters and digits')
  .describe('From its plan or list_actions.');
