interface Called {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** One call of a tool by REST. */
export async function called(url: string, tool: string, args: object, token?: string): Promise<Called> {
  const response = await fetch(`${url}/api/v1/tools/${tool}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token !== undefined && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify(args),
  });
  return { status: response.status, body: (await response.json()) as Called['body'] };
}
