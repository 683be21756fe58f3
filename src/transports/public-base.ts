/** Under which URL a client reached the service, without a path. */
export type PublicBase = (request: Request) => string;

/** @param publicUrl as the settings say it; absent: as the request's `Host`, which is one that is allowed. */
export const publicBase =
  (publicUrl: string | undefined): PublicBase =>
  (request) =>
    publicUrl ?? `http://${request.headers.get('host') ?? new URL(request.url).host}`;
