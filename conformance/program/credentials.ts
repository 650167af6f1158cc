/** A client as `client create --json` shows it. */
export type Client = { readonly clientId: string; readonly clientSecret: string };

/** RFC 7617 section 2. */
export function basic(username: string, password: string): { readonly authorization: string } {
  return { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` };
}

export function bearer(token: string): { readonly authorization: string } {
  return { authorization: `Bearer ${token}` };
}

/** Asks the embedded issuer, in the SaaS form. */
export async function requestToken(issuer: string | null, client: Client, audience?: string): Promise<Response> {
  if (issuer === null) throw new Error('this program has no issuer of its own');
  const parameters = {
    grant_type: 'client_credentials',
    client_id: client.clientId,
    client_secret: client.clientSecret,
    ...(audience === undefined ? {} : { audience }),
  };
  return fetch(`${issuer}/oauth/token`, { method: 'POST', body: new URLSearchParams(parameters) });
}

/** A token, where there has to be one. */
export async function tokenOf(issuer: string | null, client: Client, audience?: string): Promise<string> {
  const answer = await requestToken(issuer, client, audience);
  const body = (await answer.json()) as { access_token?: string };
  if (body.access_token === undefined) throw new Error(`no token: ${answer.status} ${JSON.stringify(body)}`);
  return body.access_token;
}
