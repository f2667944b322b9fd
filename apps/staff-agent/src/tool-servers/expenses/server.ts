import { McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';
import type { Caller } from '../bearer.ts';
import type { People } from '../directory/people.ts';
import { refuse, say } from '../tool-result.ts';
import type { Report, Reports } from './reports.ts';

export interface ExpensesData {
  readonly reports: Reports;
  readonly people: People;
}

const id = z
  .string()
  .regex(/^E-\d{1,6}$/)
  .describe('For example E-17');

/** Names in `_meta` of tools and calls. */
export const metaNames = {
  /** Of a call: the same key twice is one decision. */
  idempotencyKey: 'halden.example/idempotency-key',
  /** Of a tool: it can say what it would do. Of a call: say it, and do nothing. */
  preview: 'halden.example/preview',
  /** Of a call: do it only if this is still what the preview says. */
  expected: 'halden.example/expected',
} as const;

/** The expense reports as one caller sees them. Every tool checks the report, not only the role. */
export function expensesServer({ reports, people }: ExpensesData, caller: Caller): McpServer {
  const server = new McpServer({ name: 'expenses', version: '1.0.0' });
  const maySee = ({ owner }: Report) => owner === caller.id || people.isAbove(caller.id, owner);
  const shown = ({ owner, ...report }: Report) => ({ ...report, owner: people.byId(owner)?.name ?? owner });

  server.registerTool(
    'list_expense_reports',
    {
      description:
        'Lists the expense reports that the signed-in person may see: own ones, and those of the team.',
      inputSchema: z.object({ state: z.enum(['submitted', 'approved', 'rejected']).optional() }),
      annotations: { readOnlyHint: true },
    },
    async ({ state }) =>
      say(
        reports
          .all()
          .filter((report) => maySee(report) && (state === undefined || report.state === state))
          .map(shown),
      ),
  );

  server.registerTool(
    'get_expense_report',
    {
      description: 'One expense report with its receipt note.',
      inputSchema: z.object({ id }),
      annotations: { readOnlyHint: true },
    },
    async ({ id: wanted }) => {
      const report = reports.byId(wanted);
      // The same words for "not there" and "not yours": nobody learns which reports exist.
      if (report === undefined || !maySee(report))
        return refuse(`${caller.name} may see no report ${wanted}.`);
      return say(shown(report));
    },
  );

  for (const [name, state, verb] of [
    ['approve_expense_report', 'approved', 'Approves'],
    ['reject_expense_report', 'rejected', 'Rejects'],
  ] as const) {
    server.registerTool(
      name,
      {
        description: `${verb} one expense report of the caller's team. The person is asked before it happens.`,
        inputSchema: z.object({ id }),
        annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true },
        _meta: { [metaNames.preview]: true },
      },
      async ({ id: wanted }, context) => {
        const report = reports.byId(wanted);
        if (report === undefined || !maySee(report))
          return refuse(`${caller.name} may see no report ${wanted}.`);
        if (!caller.roles.includes('Approver'))
          return refuse(
            `${caller.name} is not allowed to decide expense reports: the role Approver is missing.`,
          );
        if (report.owner === caller.id || !people.isAbove(caller.id, report.owner)) {
          return refuse(
            `${caller.name} is not allowed to decide report ${wanted}: only a manager of its owner is.`,
          );
        }
        const {
          [metaNames.idempotencyKey]: key,
          [metaNames.preview]: isPreview,
          [metaNames.expected]: expected,
        } = context.mcpReq._meta ?? {};
        const wouldDo = `${verb} ${wanted}: ${report.purpose}, ${report.amount.toFixed(2)} ${report.currency}, to be paid to ${shown(report).owner}`;
        if (isPreview === true) {
          return report.state === 'submitted'
            ? { content: [{ type: 'text', text: wouldDo }] }
            : refuse(`Report ${wanted} was ${report.state} before.`);
        }
        if (typeof key !== 'string' || key === '') return refuse('The call carries no idempotency key.');
        if (expected !== wouldDo)
          return refuse(`Report ${wanted} has changed since it was shown. Nothing was done.`);
        try {
          return say(shown(reports.decide(wanted, state, { person: caller.id, key })));
        } catch (error) {
          return refuse(error instanceof Error ? error.message : 'The decision failed.');
        }
      },
    );
  }
  return server;
}
