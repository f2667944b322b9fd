import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { Tool } from '@modelcontextprotocol/client';
import type { Credential } from '@aoai/auth';
import { metaNames } from '../tool-servers/expenses/server.ts';
import type { ToolServersOptions } from '../tool-servers/tool-servers.ts';

/** A tool as the model may call it. */
export interface ConnectedTool {
  readonly name: string;
  readonly description: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly server: string;
  /** Changes something: the person is asked first. */
  readonly isWrite: boolean;
  /** It can say what it would do, without doing it. */
  readonly hasPreview: boolean;
}

interface ToolAnswer {
  readonly text: string;
  readonly isError: boolean;
}

export interface Tools {
  readonly list: readonly ConnectedTool[];
  /** @throws the signal's reason, or an error when the server does not answer in time. */
  call(name: string, args: Readonly<Record<string, unknown>>, options?: CallOptions): Promise<ToolAnswer>;
  close(): Promise<void>;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
  /** Says what the tool would do. Only for tools with a preview: others would do it. */
  readonly isPreview?: boolean;
  /** Sent to write tools: the same key twice is one change, and only what was shown is done. */
  readonly approved?: { readonly key: string; readonly shown: string };
}

export interface ConnectOptions {
  /** Where the tool servers are. */
  readonly url: string;
  readonly apis: ToolServersOptions['apis'];
  /** Tokens with the person's own rights: for each server one of its own. */
  readonly credential: Credential;
  readonly signal?: AbortSignal;
  /** @default 15_000 */
  readonly timeoutMs?: number;
}

/** Connects to every tool server as one person, for one run. */
export async function connectTools({
  url,
  apis,
  credential,
  signal,
  timeoutMs = 15_000,
}: ConnectOptions): Promise<Tools> {
  const options = { timeout: timeoutMs, ...(signal ? { signal } : {}) };
  const clients: Client[] = [];
  const owners = new Map<string, { readonly client: Client; readonly tool: ConnectedTool }>();
  const close = async () => {
    await Promise.allSettled(clients.map((client) => client.close()));
  };
  try {
    for (const [server, { path, scope, audience }] of Object.entries(apis)) {
      const client = new Client({ name: 'staff-agent', version: '1.0.0' });
      clients.push(client);
      const token = () => tokenOf(credential, `${audience[0] ?? ''}/${scope}`, signal);
      await client.connect(
        new StreamableHTTPClientTransport(new URL(path, url), { authProvider: { token } }),
        options,
      );
      const { tools } = await client.listTools(undefined, options);
      for (const tool of tools) owners.set(tool.name, { client, tool: connected(server, tool) });
    }
  } catch (error) {
    await close();
    throw error;
  }
  return {
    list: [...owners.values()].map(({ tool }) => tool),
    call: async (name, args, { signal: ofCall, isPreview = false, approved } = {}) => {
      const owner = owners.get(name);
      if (owner === undefined) throw new Error(`There is no tool ${JSON.stringify(name)}.`);
      if (isPreview && !owner.tool.hasPreview)
        throw new Error(`The tool ${JSON.stringify(name)} has no preview.`);
      const meta = isPreview
        ? { _meta: { [metaNames.preview]: true } }
        : approved && {
            _meta: { [metaNames.idempotencyKey]: approved.key, [metaNames.expected]: approved.shown },
          };
      const answer = await owner.client.callTool(
        { name, arguments: { ...args }, ...meta },
        { timeout: timeoutMs, ...(ofCall ? { signal: ofCall } : {}) },
      );
      const text = answer.content
        .map((part) => (part.type === 'text' ? part.text : `(${part.type})`))
        .join('\n');
      return { text, isError: answer.isError === true };
    },
    close,
  };
}

function connected(
  server: string,
  { name, description = '', inputSchema, annotations, _meta }: Tool,
): ConnectedTool {
  // A tool that does not say that it only reads is one that writes.
  const isWrite = annotations?.readOnlyHint !== true;
  return {
    name,
    description,
    parameters: { ...inputSchema },
    server,
    isWrite,
    hasPreview: _meta?.[metaNames.preview] === true,
  };
}

async function tokenOf(
  credential: Credential,
  scope: string,
  signal: AbortSignal | undefined,
): Promise<string> {
  const headers = await credential.headers({ scope, ...(signal ? { signal } : {}) });
  const bearer = Object.entries(headers).find(([name]) => name.toLowerCase() === 'authorization')?.[1] ?? '';
  return bearer.replace(/^Bearer /, '');
}
