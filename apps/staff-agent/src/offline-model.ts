// The model of the offline demo: rules that choose a tool and report what it said. It sees what the service would see. With
// Azure configured this file is not used.
import type { ChatCompletionMessageParam } from 'openai/resources/chat/completions';

export interface OfflineReply {
  readonly text?: string;
  readonly toolCalls?: readonly { readonly name: string; readonly arguments: unknown }[];
}

interface ReportShown {
  readonly id: string;
  readonly owner: string;
  readonly purpose: string;
  readonly amount: number;
  readonly currency: string;
  readonly state: string;
}

/** The next message of the conversation. */
export function offlineModel(messages: readonly ChatCompletionMessageParam[]): OfflineReply {
  const asked = messages.findLastIndex(({ role }) => role === 'user');
  const question = textOf(messages[asked]);
  const results = messages
    .slice(asked)
    .filter((message) => message.role === 'tool')
    .map(textOf);
  if (results.length === 0) return { ...plan(question) };
  const decidesAll = /\b(approve|reject)\b.*\ball\b/i.exec(question)?.[1];
  const [first = ''] = results;
  if (decidesAll !== undefined && results.length === 1 && first.startsWith('[')) {
    const open = (JSON.parse(first) as ReportShown[]).slice(0, 3);
    if (open.length > 0) return { toolCalls: open.map(({ id }) => decision(decidesAll, id)) };
  }
  return {
    text:
      results
        .slice(decidesAll === undefined ? 0 : 1)
        .map(report)
        .join('\n') || 'There is nothing to decide.',
  };
}

function plan(question: string): OfflineReply {
  const ids = [...question.matchAll(/\bE-\d+\b/gi)].map(([id]) => id.toUpperCase());
  const verb = /\b(approve|reject)\b/i.exec(question)?.[1];
  if (verb !== undefined && ids.length > 0) return { toolCalls: ids.map((id) => decision(verb, id)) };
  if (verb !== undefined && /\ball\b/i.test(question)) return list('submitted');
  if (ids.length > 0)
    return { toolCalls: ids.map((id) => ({ name: 'get_expense_report', arguments: { id } })) };
  if (/report|expense/i.test(question))
    return list(/approved|rejected/i.exec(question)?.[0].toLowerCase() ?? 'submitted');
  const name =
    /\p{Lu}\p{L}+ \p{Lu}\p{L}+/u.exec(question.replace(/^\p{L}+ /u, ''))?.[0] ??
    /\b(?:is|of|find|for) (\p{Lu}\p{L}+)/u.exec(question)?.[1];
  if (name !== undefined) {
    return {
      toolCalls: [
        {
          name: /mobile|number|phone/i.test(question) ? 'get_mobile_number' : 'find_people',
          arguments: { name },
        },
      ],
    };
  }
  return {
    text: 'I can find colleagues, show the expense reports of you and your team, and approve or reject one when you say so. Try “Which reports wait for me?”',
  };
}

function list(state: string): OfflineReply {
  return { toolCalls: [{ name: 'list_expense_reports', arguments: { state } }] };
}

function decision(verb: string, id: string) {
  return { name: `${verb.toLowerCase()}_expense_report`, arguments: { id } };
}

/** What one tool said, in a sentence. A refusal is passed on as it is. */
function report(result: string): string {
  if (!/^[[{]/.test(result)) return result;
  const value = JSON.parse(result) as
    ReportShown | ReportShown[] | Record<string, string> | Record<string, string>[];
  if (!Array.isArray(value)) return 'purpose' in value ? sentence(value as ReportShown) : person(value);
  if (value.length === 0) return 'I found none.';
  return (
    value
      .slice(0, 8)
      .map((each) => ('purpose' in each ? `- ${sentence(each as ReportShown)}` : person(each)))
      .join('\n') + (value.length > 8 ? `\n…and ${value.length - 8} more.` : '')
  );
}

function sentence({ id, owner, purpose, amount, currency, state }: ReportShown): string {
  return `${id}: ${purpose}, ${amount.toFixed(2)} ${currency}, ${owner}, ${state}.`;
}

function person({
  name = '',
  title,
  department,
  office,
  email,
  manager,
  mobile,
}: Record<string, string>): string {
  if (mobile !== undefined) return `${name}: ${mobile}.`;
  return `${name}, ${title} in ${department} (${office}), ${email}. Manager: ${manager}.`;
}

function textOf(message: ChatCompletionMessageParam | undefined): string {
  const content = message?.content;
  return typeof content === 'string' ? content : '';
}
