import { getRequestListener } from '@hono/node-server';

// What a server made by @hono/node-server does to a process: `Request` and `Response` are classes of its own from then on.
getRequestListener(() => new Response());
