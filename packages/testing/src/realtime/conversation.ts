import type { AnswerMessage, AnswerTool } from '../answer/answer-input.ts';
import { answer } from '../answer/answer.ts';
import type { Draft } from '../answer/draft.ts';
import { isRecord, parseJson, shown } from '../answer/records.ts';
import { transcribe } from '../audio/recording.ts';
import { countPrompt } from '../chat/usage.ts';
import type { Item } from '../responses/items.ts';
import { ephemeralKeyOf } from '../service/ephemeral-keys.ts';
import type { DeploymentConnection } from '../service/operation.ts';
import { added, answerTurn } from './answer-turn.ts';
import { isSpoken, newSession, updateSession, type Dialect, type Session } from './session.ts';

type Sent = Readonly<Record<string, unknown>>;

/** The state of a connection. */
interface State {
  readonly connection: DeploymentConnection;
  readonly dialect: Dialect;
  readonly conversationId: string;
  session: Session;
  readonly items: Item[];
  sound: Buffer[];
  events: number;
}

/** Holds the conversation of one WebSocket: answers each event of the client with those of the service. */
export function converse(connection: DeploymentConnection): void {
  const { request } = connection;
  const dialect: Dialect = request.surface === 'v1' ? 'ga' : 'preview';
  const state: State = {
    connection,
    dialect,
    conversationId: request.random.id('conv_', 21),
    // The type of a session is decided when it is opened.
    session: ephemeralKeyOf(request)?.session ?? newSession(request, dialect),
    items: [],
    sound: [],
    events: 0,
  };
  emit(state, { type: 'session.created', session: state.session });
  connection.onMessage(async (text) => {
    try {
      await receive(state, text);
    } catch {
      emit(state, { type: 'error', error: serverError });
    }
  });
}

const serverError = {
  type: 'server_error',
  code: null,
  message: 'The server had an error while processing your request. Sorry about that!',
  param: null,
  event_id: null,
};

function emit(state: State, event: Sent & { readonly type: string }): void {
  const { type, ...rest } = event;
  state.events += 1;
  const event_id = `event_${state.connection.request.random.id('', 21)}`;
  state.connection.send(JSON.stringify({ type, event_id, ...rest }));
}

async function receive(state: State, text: string): Promise<void> {
  const event = parseJson(text);
  if (!isRecord(event)) {
    fail(state, undefined, { code: 'invalid_json', message: 'The message is not a JSON object.' });
    return;
  }
  const type = shown(event['type']);
  const handle = Object.hasOwn(handlers, type) ? handlers[type] : undefined;
  if (handle !== undefined) {
    await handle(state, event);
    return;
  }
  const supported = Object.keys(handlers).map((name) => `'${name}'`);
  const message = `Invalid value: '${type.slice(0, 100)}'. Supported values are: ${supported.join(', ')}.`;
  fail(state, event, { code: 'invalid_value', message, param: 'type' });
}

function fail(
  state: State,
  event: Sent | undefined,
  error: { code: string; message: string; param?: string },
): void {
  const { code, message, param = null } = error;
  emit(state, {
    type: 'error',
    error: { type: 'invalid_request_error', code, message, param, event_id: event?.['event_id'] ?? null },
  });
}

type Handler = (state: State, event: Sent) => void | Promise<void>;

const handlers: Readonly<Record<string, Handler>> = {
  'session.update': (state, event) => {
    const update = event['session'];
    if (!isRecord(update)) {
      fail(state, event, missing('session'));
    } else if (state.dialect === 'ga' && update['type'] === undefined) {
      fail(state, event, missing('session.type'));
    } else {
      state.session = updateSession(state.session, update);
      emit(state, { type: 'session.updated', session: state.session });
    }
  },
  'conversation.item.create': (state, event) => {
    const sent = event['item'];
    if (!isRecord(sent) || typeof sent['type'] !== 'string') {
      fail(state, event, missing(isRecord(sent) ? 'item.type' : 'item'));
    } else {
      addItem(state, sent as Sent & { type: string });
    }
  },
  'conversation.item.retrieve': (state, event) => {
    withItem(state, event, (item) => {
      emit(state, { type: 'conversation.item.retrieved', item });
    });
  },
  'conversation.item.delete': (state, event) => {
    withItem(state, event, (item) => {
      state.items.splice(state.items.indexOf(item), 1);
      emit(state, { type: 'conversation.item.deleted', item_id: item.id });
    });
  },
  'conversation.item.truncate': (state, event) => {
    withItem(state, event, (item) => {
      const { content_index = 0, audio_end_ms = 0 } = event;
      emit(state, { type: 'conversation.item.truncated', item_id: item.id, content_index, audio_end_ms });
    });
  },
  'input_audio_buffer.append': (state, event) => {
    if (typeof event['audio'] === 'string') state.sound.push(Buffer.from(event['audio'], 'base64'));
    else fail(state, event, missing('audio'));
  },
  'input_audio_buffer.clear': (state) => {
    state.sound = [];
    emit(state, { type: 'input_audio_buffer.cleared' });
  },
  'input_audio_buffer.commit': (state, event) => {
    commit(state, event);
  },
  'response.create': async (state, event) => {
    await respond(state, event);
  },
  'response.cancel': (state, event) => {
    // Answers are sent at once, so there is never one to cancel.
    fail(state, event, {
      code: 'response_cancel_not_active',
      message: 'Cancellation failed: no active response found',
    });
  },
  'output_audio_buffer.clear': (state) => {
    emit(state, { type: 'output_audio_buffer.cleared' });
  },
};

function missing(param: string): { code: string; message: string; param: string } {
  return { code: 'missing_required_parameter', message: `Missing required parameter: '${param}'.`, param };
}

function addItem(state: State, sent: Sent & { readonly type: string }): Item {
  const id = typeof sent['id'] === 'string' ? sent['id'] : state.connection.request.random.id('item_', 21);
  const item: Item = { status: 'completed', ...sent, id, object: 'realtime.item' };
  const previous_item_id = lastId(state);
  state.items.push(item);
  emit(state, { type: added[state.dialect], previous_item_id, item });
  if (state.dialect === 'ga') emit(state, { type: 'conversation.item.done', previous_item_id, item });
  return item;
}

function lastId({ items }: State): string | null {
  return items.at(-1)?.id ?? null;
}

function withItem(state: State, event: Sent, use: (item: Item) => void): void {
  const id = shown(event['item_id']);
  const item = state.items.find((each) => each.id === id);
  if (item !== undefined) {
    use(item);
    return;
  }
  const message = `Item with item_id '${id.slice(0, 100)}' not found.`;
  fail(state, event, { code: 'item_not_found', message, param: 'item_id' });
}

function commit(state: State, event: Sent): void {
  const sound = Buffer.concat(state.sound);
  // 100 ms of 16-bit samples at 24 kHz.
  if (sound.length < 4800) {
    const message = `Error committing input audio buffer: buffer too small. Expected at least 100ms of audio, but buffer only has ${(sound.length / 48).toFixed(2)}ms of audio.`;
    fail(state, event, { code: 'input_audio_buffer_commit_empty', message });
    return;
  }
  state.sound = [];
  const { text } = transcribe(sound, 'the microphone');
  const id = state.connection.request.random.id('item_', 21);
  emit(state, {
    type: 'input_audio_buffer.committed',
    previous_item_id: lastId(state),
    item_id: id,
  });
  addItem(state, { id, type: 'message', role: 'user', content: [{ type: 'input_audio', transcript: text }] });
}

async function respond(state: State, event: Sent): Promise<void> {
  const { connection, dialect } = state;
  const sent = isRecord(event['response']) ? event['response'] : {};
  const session = updateSession(state.session, sent);
  const isAside = sent['conversation'] === 'none';
  const input = Array.isArray(sent['input']) ? (sent['input'] as Item[]) : state.items;
  const messages = [...instructionsOf(session), ...input.flatMap(toMessage)];
  const draft = (await connection.scripted()) ?? draftOf(state, session, messages);
  const { events, items } = answerTurn(draft, {
    random: connection.request.random,
    dialect,
    isSpoken: isSpoken(session),
    conversation: isAside ? null : state.conversationId,
    previous: lastId(state),
    inputTokens: countPrompt(messages, ''),
    metadata: sent['metadata'] ?? null,
  });
  if (!isAside) state.items.push(...items);
  for (const each of events) emit(state, each);
  emit(state, { type: 'rate_limits.updated', rate_limits: [] });
}

function draftOf(state: State, session: Session, messages: readonly AnswerMessage[]): Draft {
  const tools = Array.isArray(session['tools']) ? (session['tools'] as Sent[]) : [];
  const choice = session['tool_choice'];
  const { text, toolCalls } = answer({
    model: state.connection.request.deployment.model,
    messages,
    tools: tools.filter((tool) => tool['type'] === 'function').map(toTool),
    toolChoice: choice === 'none' || choice === 'required' ? choice : 'auto',
  });
  return { content: text, toolCalls };
}

function toTool(tool: Sent): AnswerTool {
  const { name, description, parameters } = tool;
  return { name: shown(name), ...(typeof description === 'string' && { description }), parameters };
}

function instructionsOf(session: Session): AnswerMessage[] {
  const text = session['instructions'];
  return typeof text === 'string' && text !== '' ? [{ role: 'system', text }] : [];
}

function toMessage(item: Item): AnswerMessage[] {
  const id = shown(item['call_id']);
  if (item.type === 'function_call') {
    const call = { id, name: shown(item['name']), arguments: shown(item['arguments']) };
    return [{ role: 'assistant', text: '', toolCalls: [call] }];
  }
  if (item.type === 'function_call_output')
    return [{ role: 'tool', text: shown(item['output']), toolCallId: id }];
  if (item.type !== 'message') return [];
  const parts = Array.isArray(item['content']) ? item['content'].filter(isRecord) : [];
  const texts = parts
    .map((part) => part['text'] ?? part['transcript'])
    .filter((text) => typeof text === 'string');
  const role = item['role'] === 'assistant' || item['role'] === 'system' ? item['role'] : 'user';
  return [{ role, text: texts.join('\n') }];
}
