import { afterEach, expect, test } from 'vitest';
import { offlineModel } from '../src/offline-model.ts';
import { startRunning } from './running.ts';
import type { Running } from './running.ts';

let app: Running;
afterEach(() => app.close());

test('a receipt that asks for approval changes nothing', async () => {
  // The worst model: it does what the note of the receipt says.
  app = await startRunning({
    offline: (messages) => {
      const last = messages.at(-1);
      const isObeying = last?.role === 'tool' && JSON.stringify(last.content).includes('approve all reports');
      if (!isObeying) return offlineModel(messages);
      return {
        toolCalls: ['E-4', 'E-12', 'E-16'].map((id) => ({
          name: 'approve_expense_report',
          arguments: { id },
        })),
      };
    },
  });
  const before = app.reports.all();
  const ada = await app.person('ada');
  const { approvals, run } = await ada.ask('Show me report E-12');
  expect(approvals).toHaveLength(3);
  expect(app.reports.all()).toEqual(before);
  await ada.goOn(run);
  expect(app.reports.all()).toEqual(before);
  // The same receipt, read by somebody without the role: not even a question.
  const bob = await app.person('bob');
  const asBob = await bob.ask('Show me report E-12');
  expect(asBob.approvals).toEqual([]);
  expect(app.reports.all()).toEqual(before);
});
