import { serve } from '@hono/node-server';
import { createMcpHandler, requireBearerAuth } from '@modelcontextprotocol/server';
import type { McpServer } from '@modelcontextprotocol/server';
import { Hono } from 'hono';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { bearerVerifier, callerOf } from './bearer.ts';
import type { Caller } from './bearer.ts';
import { directoryServer } from './directory/server.ts';
import { expensesServer } from './expenses/server.ts';
import type { ExpensesData } from './expenses/server.ts';

/** One tool server: its scope, and the audience that its tokens have to be for. */
interface ToolApi {
  readonly path: '/directory' | '/expenses';
  readonly scope: string;
  readonly audience: readonly string[];
}

export interface ToolServersOptions {
  readonly authority: string;
  readonly apis: { readonly directory: ToolApi; readonly expenses: ToolApi };
  readonly data: ExpensesData;
}

/** The two MCP servers as one web app: each path checks tokens for itself. */
export function toolServers({ authority, apis, data }: ToolServersOptions): Hono {
  const app = new Hono();
  const mount = ({ path, scope, audience }: ToolApi, make: (caller: Caller) => McpServer) => {
    const gate = requireBearerAuth({
      verifier: bearerVerifier({ authority, audience }),
      requiredScopes: [scope],
    });
    const handler = createMcpHandler(({ authInfo }) => make(callerOf(authInfo)));
    app.all(path, async (c) => {
      const auth = await gate(c.req.raw);
      return auth instanceof Response ? auth : handler.fetch(c.req.raw, { authInfo: auth });
    });
  };
  mount(apis.directory, (caller) => directoryServer(data.people, caller));
  mount(apis.expenses, (caller) => expensesServer(data, caller));
  return app;
}

/** Serves them on this machine. */
export async function listen(app: Hono, port = 0) {
  const server = serve({ fetch: app.fetch, port, hostname: '127.0.0.1' });
  if (!server.listening) await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      if ('closeAllConnections' in server) server.closeAllConnections();
      await closed;
    },
  };
}

type Settings = Readonly<Record<string, string | undefined>>;

/** The APIs by their settings: the scope that a person consents to, and the client id of the API. */
export function toolApis(settings: Settings): ToolServersOptions['apis'] {
  const api = (path: ToolApi['path'], name: string): ToolApi => {
    const scope = settings[`SIGN_IN_SCOPE_${name}`];
    if (!scope)
      throw new Error(
        `Cannot reach the tools: set \`SIGN_IN_SCOPE_${name}\`, for example "api://${name.toLowerCase()}/Scope". README.md says where it comes from.`,
      );
    const at = scope.lastIndexOf('/');
    const uri = scope.slice(0, at);
    const clientId = settings[`SIGN_IN_CLIENT_ID_${name}`];
    return {
      path,
      scope: scope.slice(at + 1),
      audience: clientId === undefined ? [uri, uri.replace('api://', '')] : [uri, clientId],
    };
  };
  return { directory: api('/directory', 'DIRECTORY'), expenses: api('/expenses', 'EXPENSES') };
}
