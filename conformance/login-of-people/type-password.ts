/** As much of a browser as the login page of the issuer needs: its cookie, and what stands in its form. */
export async function typePassword(
  url: URL,
  { username, password }: { readonly username: string; readonly password: string },
): Promise<Response> {
  const page = await fetch(url, { redirect: 'manual' });
  const text = await page.text();
  const action = /action="([^"]+)"/.exec(text)?.[1];
  const request = /name="request" value="([^"]+)"/.exec(text)?.[1];
  if (action === undefined || request === undefined) throw new Error(`no login page: ${page.status} ${text}`);
  const cookie = page.headers.get('set-cookie')?.split(';', 1)[0] ?? '';
  return fetch(new URL(action, url), {
    method: 'POST',
    redirect: 'manual',
    headers: { cookie },
    body: new URLSearchParams({ request, username, password }),
  });
}

/** Where the login leads back to. */
export function sentTo(answer: Response): URL {
  const location = answer.headers.get('location');
  if (location === null) throw new Error(`the browser is sent nowhere: ${answer.status}`);
  return new URL(location);
}
