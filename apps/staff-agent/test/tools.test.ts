import { createMcpHandler, McpServer } from '@modelcontextprotocol/server';
import { Hono } from 'hono';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { createApprovals } from '../src/agent/approvals.ts';
import { openDatabase } from '../src/database.ts';
import { answerCall } from '../src/agent/tool-calls.ts';
import { listen } from '../src/tool-servers/tool-servers.ts';
import { connectTools } from '../src/agent/tools.ts';
import type { TrailEntry } from '../src/agent/trail.ts';

const none = { path: '/expenses' as const, scope: 'x', audience: ['api://x'] };

/** A tool server that asks for no token: one tool never answers, one fails, one says nothing about itself. */
async function oddTools() {
  const handler = createMcpHandler(() => {
    const server = new McpServer({ name: 'odd', version: '1.0.0' });
    const reads = { inputSchema: z.object({}), annotations: { readOnlyHint: true } };
    server.registerTool('waits', { description: '', ...reads }, () => new Promise<never>(() => undefined));
    server.registerTool('fails', { description: '', ...reads }, () => {
      throw new Error('disk full');
    });
    server.registerTool('unmarked', { description: '', inputSchema: z.object({}) }, async () => ({
      content: [],
    }));
    return server;
  });
  const app = new Hono();
  app.all('/expenses', (c) => handler.fetch(c.req.raw));
  const server = await listen(app);
  const tools = await connectTools({
    url: server.url,
    apis: { directory: none, expenses: none },
    credential: {
      kind: 'entra-id',
      headers: () => ({ authorization: 'Bearer x' }),
      refresh: async () => false,
    },
    timeoutMs: 1_000,
  });
  const database = openDatabase(':memory:');
  database.exec("insert into run values ('r', 'ada', 'running', '[]', '{}', 0)");
  const approvals = createApprovals(database);
  const entries: TrailEntry[] = [];
  const answer = (name: string) =>
    answerCall(
      { id: 'c', type: 'function', function: { name, arguments: '{}' } },
      {
        run: 'r',
        person: { id: 'ada' },
        tools,
        approvals,
        signal: new AbortController().signal,
        note: (entry) => entries.push(entry),
      },
    );
  return {
    answer,
    approvals,
    entries,
    close: async () => {
      await tools.close();
      await server.close();
    },
  };
}

test('a tool that never answers is the result of its call', async () => {
  const odd = await oddTools();
  expect(await odd.answer('waits')).toBe('The tool waits did not answer. Do not try it again now.');
  expect(odd.entries).toMatchObject([{ what: 'tool', name: 'waits', status: 'failed' }]);
  await odd.close();
});

test('a tool that fails is a refusal in its own words', async () => {
  const odd = await oddTools();
  expect(await odd.answer('fails')).toContain('disk full');
  expect(odd.entries).toMatchObject([{ status: 'refused' }]);
  await odd.close();
});

test('a tool that does not say that it only reads waits for the person', async () => {
  const odd = await oddTools();
  expect(await odd.answer('unmarked')).toBeUndefined();
  expect(odd.approvals.ofRun('r')).toMatchObject([{ tool: 'unmarked', state: 'pending', shown: '' }]);
  await odd.close();
});
