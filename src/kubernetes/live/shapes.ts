import * as z from 'zod';

/** What is relied on in answers of an API server; everything else of them passes through unread. */

const listMetadata = z
  .object({ continue: z.string().optional(), remainingItemCount: z.number().optional() })
  .optional();

/** Any list; its items are checked one by one. */
export const listShape = z.object({ items: z.array(z.unknown()).nullish(), metadata: listMetadata });

export const namesShape = z.object({
  items: z.array(z.object({ metadata: z.object({ name: z.string() }) })).nullish(),
});

/** `Table` of meta.k8s.io/v1. */
export const tableShape = z.object({
  columnDefinitions: z.array(z.object({ name: z.string(), priority: z.number().optional() })).nullish(),
  rows: z
    .array(
      z.object({
        cells: z.array(z.unknown()).nullish(),
        object: z.object({ metadata: z.object({ namespace: z.string().optional() }).optional() }).nullish(),
      }),
    )
    .nullish(),
  metadata: listMetadata,
});

export const versionShape = z.object({ gitVersion: z.string() });

export const reviewShape = z.object({ status: z.object({ allowed: z.boolean().optional() }).optional() });

/** A review of one request: why, where an authorizer says so. */
export const accessReviewShape = z.object({
  status: z
    .object({ allowed: z.boolean().optional(), reason: z.string().optional(), evaluationError: z.string().optional() })
    .optional(),
});

export const identityShape = z.object({
  status: z.object({
    userInfo: z.object({
      username: z.string(),
      uid: z.string().optional(),
      groups: z.array(z.string()).optional(),
    }),
  }),
});

/** Of a list, where a watch goes on from. */
export const versionedShape = z.object({ metadata: z.object({ resourceVersion: z.string() }) });

/** One line of a watch; the object of an ERROR is a Status. */
export const watchEventShape = z.object({
  type: z.string(),
  object: z.object({
    code: z.number().optional(),
    metadata: z.object({ resourceVersion: z.string().optional() }).optional(),
  }),
});

const strings = z.array(z.string()).nullish();

/** Aggregated discovery (apidiscovery.k8s.io), or the lists of groups of servers before 1.27. */
export const groupsShape = z.object({
  kind: z.string().optional(),
  items: z
    .array(
      z.object({
        metadata: z.object({ name: z.string().optional() }).optional(),
        versions: z
          .array(
            z.object({
              version: z.string(),
              resources: z
                .array(
                  z.object({
                    resource: z.string(),
                    responseKind: z.object({ kind: z.string().optional() }).nullish(),
                    scope: z.string().optional(),
                    verbs: strings,
                    shortNames: strings,
                  }),
                )
                .nullish(),
            }),
          )
          .nullish(),
      }),
    )
    .nullish(),
  versions: strings,
  groups: z
    .array(
      z.object({
        versions: z.array(z.object({ groupVersion: z.string() })).nullish(),
        preferredVersion: z.object({ groupVersion: z.string() }).nullish(),
      }),
    )
    .nullish(),
});
export type Groups = z.infer<typeof groupsShape>;

export const resourcesShape = z.object({
  resources: z
    .array(
      z.object({ name: z.string(), kind: z.string(), namespaced: z.boolean(), verbs: strings, shortNames: strings }),
    )
    .nullish(),
});

/** The API server's words for a failure. */
export const statusShape = z.object({
  message: z.string().optional(),
  reason: z.string().optional(),
  details: z
    .object({
      causes: z.array(z.object({ reason: z.string().optional(), message: z.string().optional() })).optional(),
      retryAfterSeconds: z.number().optional(),
    })
    .optional()
    .catch(undefined),
});

/** Anything. */
export const anyShape = z.unknown();
