import { expect, test } from 'vitest';
import { withAgentsSdk, withAiSdk } from '../recipes/frameworks.ts';
import { toolApis } from '../src/tool-servers/tool-servers.ts';
import { connectTools } from '../src/agent/tools.ts';
import { startRunning } from './running.ts';

test.each([
  ['@openai/agents', withAgentsSdk],
  ['the AI SDK', withAiSdk],
])(
  'with %s: the same tools with the rights of the person, and nothing is done without a word',
  async (_name, ask) => {
    const app = await startRunning();
    const mock = app.azure.mock;
    if (mock === undefined) throw new Error('This test needs the mock.');
    const connect = (user: string) =>
      connectTools({
        url: app.toolsUrl ?? '',
        apis: toolApis(app.azure.settings),
        credential: {
          kind: 'entra-id',
          headers: async ({ scope }) => ({
            authorization: `Bearer ${(await mock.credential({ user }).getToken(scope)).token}`,
          }),
          refresh: async () => false,
        },
      });
    const asked: string[] = [];
    const answer = (word: boolean) => async (tool: string) => {
      asked.push(tool);
      return Promise.resolve(word);
    };
    const { client: azure } = app.azure;
    const [ada, bob] = [await connect('ada'), await connect('bob')];
    expect(await ask('Approve E-4', { azure, tools: ada, approve: answer(false) })).toContain(
      'The person declined',
    );
    expect(app.reports.byId('E-4')?.state).toBe('submitted');
    expect(await ask('Approve E-4', { azure, tools: bob, approve: answer(true) })).toContain(
      'the role Approver is missing',
    );
    expect(asked).toEqual(['approve_expense_report']);
    expect(await ask('Approve E-4', { azure, tools: ada, approve: answer(true) })).toContain('approved');
    expect(app.reports.byId('E-4')?.state).toBe('approved');
    await Promise.all([ada.close(), bob.close(), app.close()]);
  },
);
