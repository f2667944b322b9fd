// How to use it: `const ada = await signedIn(app.url, 'ada')`, then `ada.get('/api/me')`. A browser without a page: it keeps
// cookies and follows redirects to the sign-in page of the mock. The same file stands in every sample.

/** Somebody with a browser. */
export interface Visitor {
  get(path: string): Promise<Response>;
  remove(path: string): Promise<Response>;
  post(path: string, body?: unknown, options?: { readonly signal?: AbortSignal }): Promise<Response>;
}

type Jar = Map<string, string>;

/** A visitor who has not signed in. */
export function createVisitor(origin: string, cookies = new Map<string, Jar>()): Visitor {
  return {
    get: (path) => travel(cookies, new URL(path, origin)),
    remove: (path) => travel(cookies, new URL(path, origin), { method: 'DELETE', headers: { origin } }),
    post: (path, body = {}, { signal } = {}) =>
      travel(cookies, new URL(path, origin), {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin },
        body: JSON.stringify(body),
        ...(signal && { signal }),
      }),
  };
}

/** A person of `aoai.identity.yaml` who has chosen the own name on the sign-in page of the mock. */
export async function signedIn(origin: string, user: string): Promise<Visitor> {
  const cookies = new Map<string, Jar>();
  const visitor = createVisitor(origin, cookies);
  const page = await visitor.get('/sign-in');
  await page.body?.cancel();
  const chosen = await travel(cookies, new URL(page.url), {
    method: 'POST',
    body: new URLSearchParams({ user }),
  });
  await chosen.body?.cancel();
  return visitor;
}

/** Follows redirects by hand, because `fetch` keeps no cookies. */
async function travel(cookies: Map<string, Jar>, start: URL, init: RequestInit = {}): Promise<Response> {
  let [url, request] = [start, init];
  for (let step = 0; step < 10; step += 1) {
    const jar = cookies.get(url.origin) ?? new Map<string, string>();
    cookies.set(url.origin, jar);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { ...(request.headers as Record<string, string> | undefined), ...(cookie && { cookie }) };
    const response = await fetch(url, { ...request, redirect: 'manual', headers });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (/max-age=0/i.test(line)) jar.delete(name);
      else jar.set(name, value);
    }
    const location = response.headers.get('location');
    if (location === null) return response;
    [url, request] = [new URL(location, url), request.signal ? { signal: request.signal } : {}];
  }
  throw new Error(`Too many redirects from ${start.href}.`);
}
