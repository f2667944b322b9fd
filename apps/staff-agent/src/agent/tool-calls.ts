import type { ChatCompletionMessageFunctionToolCall } from 'openai/resources/chat/completions';
import type { Approval, Approvals } from './approvals.ts';
import type { CallOptions, ConnectedTool, Tools } from './tools.ts';
import type { TrailEntry } from './trail.ts';

export interface AnswerOptions {
  readonly run: string;
  readonly person: { readonly id: string };
  readonly tools: Tools;
  readonly approvals: Approvals;
  readonly signal: AbortSignal;
  readonly note: (entry: TrailEntry) => void;
}

/** The results of tool calls: reads side by side, changes in the order in which the model, and then the person, sees them. */
export function answerCalls(
  calls: readonly ChatCompletionMessageFunctionToolCall[],
  options: AnswerOptions,
): Promise<readonly (string | undefined)[]> {
  const writes = new Set(options.tools.list.filter(({ isWrite }) => isWrite).map(({ name }) => name));
  let changes: Promise<unknown> = Promise.resolve();
  return Promise.all(
    calls.map((call) => {
      if (!writes.has(call.function.name)) return answerCall(call, options);
      const change = changes.then(() => answerCall(call, options));
      changes = change;
      return change;
    }),
  );
}

/**
 * The result of one tool call, in words for the model. `undefined` while a change waits for the person. Whatever is wrong with
 * the call is its result: the model can do better.
 */
export async function answerCall(
  call: ChatCompletionMessageFunctionToolCall,
  options: AnswerOptions,
): Promise<string | undefined> {
  const { tools, note } = options;
  const { name } = call.function;
  const tool = tools.list.find((each) => each.name === name);
  if (tool === undefined) {
    const text = `There is no tool ${JSON.stringify(name)}. There are: ${tools.list.map((each) => each.name).join(', ')}.`;
    note({ what: 'tool', name, status: 'failed', note: text });
    return text;
  }
  const args = argumentsOf(call.function.arguments);
  if (args === undefined) {
    const text = `The arguments of ${name} are not a JSON object.`;
    note({ what: 'tool', name, status: 'failed', note: text });
    return text;
  }
  return tool.isWrite ? afterApproval(call.id, { ...options, tool, args }) : run({ ...options, tool, args });
}

interface ToolRun extends AnswerOptions {
  readonly tool: ConnectedTool;
  readonly args: Readonly<Record<string, unknown>>;
}

/** Asks the person, once; does what was approved, once. */
async function afterApproval(callId: string, options: ToolRun): Promise<string | undefined> {
  const { approvals, note, person, tool, args } = options;
  const asked = approvals.ofRun(options.run).find(({ call }) => call === callId);
  if (asked === undefined) {
    const preview = tool.hasPreview ? await previewOf(options) : { text: '', isError: false };
    if (preview.isError) {
      // What the tool would refuse is not worth a question to the person.
      note({
        what: 'tool',
        name: tool.name,
        arguments: args,
        status: 'refused',
        note: preview.text.slice(0, 300),
      });
      return preview.text;
    }
    approvals.ask({
      shown: preview.text,
      run: options.run,
      call: callId,
      person: person.id,
      tool: tool.name,
      arguments: args,
    });
    note({ what: 'approval', name: tool.name, arguments: args, status: 'waiting' });
    return undefined;
  }
  if (asked.state === 'pending') return undefined;
  if (asked.state === 'done') return asked.result;
  if (asked.state !== 'approved') {
    note({ what: 'approval', name: tool.name, arguments: asked.arguments, status: asked.state });
    return asked.state === 'declined'
      ? 'The person declined. Nothing was done.'
      : 'The time to approve is over. Nothing was done.';
  }
  return execute(asked, options);
}

/** What is done is what was approved: tool and arguments come from the approval, not from the model. */
async function execute(asked: Approval, options: ToolRun): Promise<string> {
  const { approvals, note, person } = options;
  let claimed: Approval;
  try {
    claimed = approvals.claim(asked.id, person.id);
  } catch (error) {
    const text = error instanceof Error ? error.message : 'Nothing was done.';
    note({ what: 'approval', name: asked.tool, status: 'refused', note: text });
    return text;
  }
  note({ what: 'approval', name: claimed.tool, arguments: claimed.arguments, status: 'approved' });
  const answer = await run({
    ...options,
    args: claimed.arguments,
    approved: { key: claimed.id, shown: claimed.shown },
  });
  approvals.finish(claimed.id, answer);
  return answer;
}

function previewOf({ tools, tool, args, signal }: ToolRun) {
  return tools.call(tool.name, args, { signal, isPreview: true });
}

async function run({
  tools,
  tool,
  args,
  signal,
  note,
  approved,
}: ToolRun & Pick<CallOptions, 'approved'>): Promise<string> {
  const startedAt = performance.now();
  const done = (entry: Pick<TrailEntry, 'status' | 'note'>) => {
    const durationMs = Math.round(performance.now() - startedAt);
    note({ what: 'tool', name: tool.name, arguments: args, durationMs, ...entry });
  };
  try {
    const { text, isError } = await tools.call(tool.name, args, { signal, ...(approved && { approved }) });
    done(isError ? { status: 'refused', note: text.slice(0, 300) } : { status: 'ok' });
    return text;
  } catch (error) {
    signal.throwIfAborted();
    done({ status: 'failed', note: `${tool.server} did not answer.` });
    // A change may have happened: it is tried again with the same key, not reported as failed.
    if (approved !== undefined) throw error;
    return `The tool ${tool.name} did not answer. Do not try it again now.`;
  }
}

function argumentsOf(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text === '' ? '{}' : text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
