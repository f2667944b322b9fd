// How to use it:
//   const site = createSite({ signIn: createSignIn(azure.settings) });
//   site.app.post('/api/ask', (c) => …c.get('session').person…);     // everything under /api needs a signed-in person
//   const running = await site.listen(3000, async () => azure.close());
// It serves the built page, signs people in, refuses what comes from other sites, logs without content, and stops
// gracefully. The same file stands in every sample.
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import type { AddressInfo, Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { serve, type ServerType } from '@hono/node-server';
import { serveStatic } from '@hono/node-server/serve-static';
import { Hono, type Context, type MiddlewareHandler } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { matchedRoutes } from 'hono/route';
import { secureHeaders } from 'hono/secure-headers';
import { createSessions, type Session } from './session.ts';
import type { PendingSignIn, SignIn } from './sign-in.ts';

export interface SiteOptions {
  readonly signIn: SignIn;
  /** Where people reach it, when that is not this machine: `PUBLIC_URL`, for example `https://handbook.contoso.com`. */
  readonly publicUrl?: string | undefined;
  /** Is told each request, without a word of its content. */
  readonly log?: (line: Readonly<Record<string, unknown>>) => void;
  /** What the page may show about a person beside name and roles. */
  readonly describe?: (session: Session) => Readonly<Record<string, unknown>>;
}

export interface Site {
  readonly app: Hono<SiteTypes>;
  listen(port: number, onClose?: () => Promise<void>): Promise<RunningSite>;
}

interface SiteTypes {
  readonly Variables: { readonly session: Session };
}

export interface RunningSite {
  readonly url: string;
  /** Answers under way may finish for 10 s; new requests are refused. */
  readonly close: () => Promise<void>;
}

const signInLifetimeMs = 10 * 60_000;
const graceMs = 10_000;

export function createSite({
  signIn,
  publicUrl,
  log = () => undefined,
  describe = () => ({}),
}: SiteOptions): Site {
  let origin = publicUrl === undefined ? 'http://localhost' : new URL(publicUrl).origin;
  let isStopping = false;
  const isSecure = () => origin.startsWith('https:');
  // Browsers accept a `__Host-` cookie from this host alone, and over TLS alone.
  const cookieName = (name: string) => (isSecure() ? `__Host-${name}` : name);
  const cookie = () => ({ httpOnly: true, sameSite: 'Lax', path: '/', secure: isSecure() }) as const;
  const sessions = createSessions({ refresh: (signedIn) => signIn.refresh(signedIn) });
  const pending = createPending();
  const app = new Hono<SiteTypes>();

  app.use(async (c, next) => {
    const startedAt = performance.now();
    await next();
    const { method } = c.req;
    log({
      event: 'request',
      method,
      path: routeOf(c),
      status: c.res.status,
      ms: Math.round(performance.now() - startedAt),
    });
  });
  app.get('/healthz', (c) => c.text(isStopping ? 'stopping' : 'ok', isStopping ? 503 : 200));
  app.use(
    secureHeaders({
      contentSecurityPolicy: {
        defaultSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        styleSrc: ["'self'", "'unsafe-inline'"],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
      },
      referrerPolicy: 'no-referrer',
    }),
  );
  app.use(ownHostOnly(() => origin));
  app.use(ownPagesOnly(() => origin));

  app.get('/sign-in', async (c) => {
    const begun = await signIn.begin(`${origin}/sign-in/callback`);
    setCookie(c, cookieName('sign-in'), pending.keep(begun.pending), {
      ...cookie(),
      maxAge: signInLifetimeMs / 1000,
    });
    return c.redirect(begun.url.href);
  });
  app.get('/sign-in/callback', async (c) => {
    const known = pending.take(getCookie(c, cookieName('sign-in')));
    deleteCookie(c, cookieName('sign-in'), cookie());
    if (known === undefined) return c.redirect('/?sign-in=expired');
    try {
      const signedIn = await signIn.finish(new URL(c.req.url), known);
      // A new id for a new person: an id that was planted before is worth nothing.
      sessions.end(getCookie(c, cookieName('session')));
      setCookie(c, cookieName('session'), sessions.start(signedIn), cookie());
      return c.redirect('/');
    } catch (error) {
      log({ event: 'sign-in-failed', error: error instanceof Error ? error.name : 'unknown' });
      return c.redirect('/?sign-in=failed');
    }
  });
  app.post('/sign-out', (c) => {
    sessions.end(getCookie(c, cookieName('session')));
    deleteCookie(c, cookieName('session'), cookie());
    return c.body(null, 204);
  });

  app.use('/api/*', async (c, next) => {
    c.header('cache-control', 'no-store');
    const session = await sessions.find(getCookie(c as Context, cookieName('session')));
    if (session === undefined) return c.json({ error: 'Sign in first.' }, 401);
    c.set('session', session);
    await next();
  });
  app.get('/api/me', (c) => {
    const session = c.get('session');
    const { name, username, roles } = session.person;
    return c.json({ name, username, roles, ...describe(session) });
  });
  app.onError((error, c) => {
    log({ event: 'request-failed', path: routeOf(c), error: error.name });
    return c.json({ error: 'Something went wrong here. Try again.' }, 500);
  });

  return {
    app,
    async listen(port, onClose = async () => undefined) {
      servePage(app);
      const { server, connections } = await started(app, port);
      if (publicUrl === undefined) origin = `http://localhost:${(server.address() as AddressInfo).port}`;
      const close = async () => {
        isStopping = true;
        await stopped(server, connections);
        await onClose();
      };
      return { url: origin, close };
    },
  };
}

/** The address as it is written in the code: what a person put in its place is not for a log. */
function routeOf(c: Context): string {
  return matchedRoutes(c).find(({ path }) => !path.includes('*'))?.path ?? '*';
}

/** The page that `vite build` has made. Its files are named by their content, so browsers may keep them. */
function servePage(app: Hono<SiteTypes>): void {
  const root = fileURLToPath(new URL('../dist/web', import.meta.url));
  if (!existsSync(root)) {
    app.get('*', (c) => c.text('The page is not built. Run `npm start`, or `npx vite build web`.', 503));
    return;
  }
  const keep: MiddlewareHandler = async (c, next) => {
    await next();
    if (c.res.ok) c.header('cache-control', 'public, max-age=31536000, immutable');
  };
  app.use('/assets/*', keep, serveStatic({ root }));
  app.use('*', serveStatic({ root }));
  // Addresses within the page are its own to read.
  const page = serveStatic({ root, path: 'index.html' });
  app.get('*', async (c, next) => (c.req.path.includes('.') ? c.notFound() : page(c, next)));
}

/** Other names of this machine are sent to the one that cookies are for; a foreign name is an attack by DNS. */
function ownHostOnly(origin: () => string): MiddlewareHandler {
  return async (c, next) => {
    const url = new URL(c.req.url);
    if (url.host === new URL(origin()).host) return next();
    if (c.req.method === 'GET' && ['127.0.0.1', '[::1]'].includes(url.hostname))
      return c.redirect(origin() + url.pathname + url.search);
    return c.json({ error: 'This host is not served here.' }, 421);
  };
}

/** A request that changes something has to come from a page of this site. */
function ownPagesOnly(origin: () => string): MiddlewareHandler {
  return async (c, next) => {
    if (['GET', 'HEAD'].includes(c.req.method) || c.req.header('origin') === origin()) return next();
    return c.json({ error: 'This request does not come from a page of this site.' }, 403);
  };
}

/** Sign-ins that have begun, each for the browser with its cookie. */
function createPending() {
  const entries = new Map<string, { readonly pending: PendingSignIn; readonly endsAtMs: number }>();
  return {
    keep(one: PendingSignIn): string {
      const id = randomBytes(32).toString('base64url');
      entries.set(id, { pending: one, endsAtMs: Date.now() + signInLifetimeMs });
      const [oldest] = entries.size > 1000 ? entries.keys() : [];
      if (oldest !== undefined) entries.delete(oldest);
      return id;
    },
    take(id: string | undefined): PendingSignIn | undefined {
      const found = id === undefined ? undefined : entries.get(id);
      if (id !== undefined) entries.delete(id);
      return found !== undefined && found.endsAtMs > Date.now() ? found.pending : undefined;
    },
  };
}

interface Started {
  readonly server: ServerType;
  readonly connections: ReadonlySet<Socket>;
}

async function started(app: Hono<SiteTypes>, port: number): Promise<Started> {
  const { promise, resolve, reject }: PromiseWithResolvers<void> = Promise.withResolvers();
  const hostname = process.env.HOST ?? 'localhost';
  const server = serve({ fetch: app.fetch, port, hostname }, () => {
    resolve();
  });
  const connections = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    connections.add(socket);
    socket.once('close', () => connections.delete(socket));
  });
  server.once('error', reject);
  await promise;
  return { server, connections };
}

async function stopped(server: ServerType, connections: ReadonlySet<Socket>): Promise<void> {
  const { promise, resolve }: PromiseWithResolvers<void> = Promise.withResolvers();
  server.close(() => {
    resolve();
  });
  if (!('closeAllConnections' in server)) return promise;
  // A connection that has answered stays open for the next request, which will not come.
  const idle = setInterval(() => {
    server.closeIdleConnections();
    // Browsers open connections ahead. One that has sent nothing is not idle to the server.
    for (const socket of connections) if (socket.bytesRead === 0) socket.destroy();
  }, 50);
  const late = setTimeout(() => {
    server.closeAllConnections();
  }, graceMs);
  await promise;
  clearInterval(idle);
  clearTimeout(late);
}

/** Closes the site when the process is told to stop, and ends the process. */
export function closeOnSignal(running: RunningSite): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      void running.close().then(() => process.exit(0));
    });
}

/** What `log` is in production: one line of JSON for each event. */
export function logJson(line: Readonly<Record<string, unknown>>): void {
  process.stdout.write(`${JSON.stringify({ time: new Date().toISOString(), ...line })}\n`);
}
