import { shown } from '../answer/records.ts';
import type { Random } from '../random.ts';
import type { OperationRequest } from '../service/operation.ts';
import { checkValue, missing, refuse, wrongType, wrongValue } from '../service/parameter.ts';
import { decryptContent } from './encrypted-content.ts';
import { checkFiles } from './owned-files.ts';

/** One item of a conversation, as it is stored and listed. */
export interface Item {
  readonly id: string;
  readonly type: string;
  readonly [member: string]: unknown;
}

type Sent = Readonly<Record<string, unknown>>;

/** Prefix of the ids of each type of item that a caller may send. */
const prefixes: ReadonlyMap<string, string> = new Map(
  Object.entries({
    message: 'msg_',
    function_call: 'fc_',
    function_call_output: 'fco_',
    custom_tool_call: 'ctc_',
    custom_tool_call_output: 'ctco_',
    reasoning: 'rs_',
    compaction: 'cmp_',
    file_search_call: 'fs_',
    web_search_call: 'ws_',
    code_interpreter_call: 'ci_',
    image_generation_call: 'ig_',
    computer_call: 'cu_',
    computer_call_output: 'cuo_',
    local_shell_call: 'lsh_',
    local_shell_call_output: 'lsho_',
    shell_call: 'sh_',
    shell_call_output: 'sho_',
    apply_patch_call: 'ap_',
    apply_patch_call_output: 'apo_',
    mcp_list_tools: 'mcpl_',
    mcp_approval_request: 'mcpr_',
    mcp_approval_response: 'mcpa_',
    mcp_call: 'mcp_',
  }),
);

/** The reader of items: the request that sent them, and a look-up by id. */
interface Reader {
  readonly request: OperationRequest;
  readonly find: (id: string) => Item | undefined;
}

/** Reads `input`: a text or a list of items. `find` looks up stored items. */
export function readItems(input: unknown, request: OperationRequest, find: Reader['find']): Item[] {
  if (input === undefined || input === null) return [];
  if (typeof input === 'string')
    return [message(request.random, 'user', [{ type: 'input_text', text: input }])];
  if (!Array.isArray(input)) throw wrongType('input', 'one of a string or array of objects', input);
  return input.map((sent, index) => readItem(sent, `input[${index}]`, { request, find }));
}

/** Reads one item; `path` is its name in errors. */
export function readItem(sent: unknown, path: string, reader: Reader): Item {
  const { random } = reader.request;
  checkValue(sent, path, { type: 'object' });
  const item = sent as Sent;
  const sentType = item['type'] ?? (item['role'] === undefined ? undefined : 'message');
  if (sentType === undefined) throw missing(`${path}.type`);
  const type = shown(sentType);
  if (type === 'item_reference') return referenced(item, path, reader);
  const prefix = prefixes.get(type);
  if (prefix === undefined) throw wrongValue(path, [...prefixes.keys(), 'item_reference'], type);
  const id = typeof item['id'] === 'string' && item['id'] !== '' ? item['id'] : random.id(prefix, 50);
  if (type === 'message') return readMessage(item, path, { id, request: reader.request });
  checkReadable(item, type, reader);
  if (type.endsWith('_output') && typeof item['call_id'] !== 'string') throw missing(`${path}.call_id`);
  if (type === 'function_call_output' && item['output'] === undefined) throw missing(`${path}.output`);
  if (type === 'function_call' || type === 'custom_tool_call') {
    for (const name of ['call_id', 'name'])
      if (typeof item[name] !== 'string') throw missing(`${path}.${name}`);
  }
  const { id: _, ...rest } = item;
  return { id, status: 'completed', ...rest, type };
}

/** Refuses encrypted content that another resource made. */
function checkReadable(item: Sent, type: string, reader: Reader): void {
  const { encrypted_content: content, id } = item;
  if (typeof content === 'string') decryptContent(reader.request, content);
  // Reasoning without content is looked up by its id.
  else if (type === 'reasoning' && typeof id === 'string' && id !== '') find(id, reader);
}

function referenced(item: Sent, path: string, reader: Reader): Item {
  const id = item['id'];
  if (typeof id !== 'string') throw missing(`${path}.id`);
  return find(id, reader);
}

/** The item with this id, with the text of openclaw/openclaw#21782 when there is none. */
function find(id: string, { find: kept, request }: Reader): Item {
  const found = kept(id);
  if (found !== undefined) return found;
  const advice =
    request.body['store'] === false
      ? ' Items are not persisted when `store` is set to false. Try again with `store` set to true, or remove this item from your input.'
      : '';
  throw refuse(`Item with id '${id.slice(0, 200)}' not found.${advice}`, 'input', null);
}

const roles = ['assistant', 'system', 'developer', 'user'];

function readMessage(
  item: Sent,
  path: string,
  { id, request }: { readonly id: string; readonly request: OperationRequest },
): Item {
  const { content } = item;
  if (item['role'] === undefined) throw missing(`${path}.role`);
  const role = shown(item['role']);
  if (!roles.includes(role)) throw wrongValue(`${path}.role`, roles, role);
  if (content === undefined || content === null) throw missing(`${path}.content`);
  const partType = role === 'assistant' ? 'output_text' : 'input_text';
  if (typeof content === 'string') {
    const part =
      role === 'assistant'
        ? { type: partType, annotations: [], text: content }
        : { type: partType, text: content };
    return { id, type: 'message', status: 'completed', role, content: [part] };
  }
  if (!Array.isArray(content))
    throw wrongType(`${path}.content`, 'one of a string or array of objects', content);
  content.forEach((part, index) => {
    checkPart(part, `${path}.content[${index}]`, { role, request });
  });
  return { id, type: 'message', status: 'completed', role, content };
}

const inputParts = [
  'input_text',
  'input_image',
  'input_file',
  'input_audio',
  'output_text',
  'refusal',
  'summary_text',
];

function checkPart(
  sent: unknown,
  path: string,
  { role, request }: { readonly role: string; readonly request: OperationRequest },
): void {
  checkValue(sent, path, { type: 'object' });
  const { type: sentType, text, image_url: image, file_id: file } = sent as Sent;
  if (sentType === undefined) throw missing(`${path}.type`);
  const type = shown(sentType);
  if (!inputParts.includes(type)) throw wrongValue(`${path}.type`, inputParts, type);
  // The service has different types for input and output text (openai/openai-python#2323).
  if (role === 'assistant' && type === 'input_text') throw wrongValue(path, ['output_text', 'refusal'], type);
  if (type.endsWith('text')) {
    if (text === undefined) throw missing(`${path}.text`);
    checkValue(text, `${path}.text`, { type: 'string' });
  }
  if (type === 'input_image' && image === undefined && file === undefined) throw missing(`${path}.image_url`);
  if (typeof file === 'string') checkFiles(request, [file]);
}

/** A message item of these parts. */
export function message(random: Random, role: string, content: readonly unknown[]): Item {
  return { id: random.id('msg_', 50), type: 'message', status: 'completed', role, content };
}

/** Refuses tool results without their call, and calls without their result. */
export function checkToolTurns(items: readonly Item[]): void {
  const open = new Map<string, string>();
  const answered = new Set<string>();
  for (const item of items) {
    const id = String(item['call_id']);
    const isCustom = item.type.startsWith('custom');
    if (item.type === 'function_call' || item.type === 'custom_tool_call')
      open.set(id, isCustom ? 'custom tool' : 'function');
    if (item.type !== 'function_call_output' && item.type !== 'custom_tool_call_output') continue;
    if (!open.has(id) && !answered.has(id)) {
      const kind = isCustom ? 'custom tool call' : 'function call';
      throw refuse(`No tool call found for ${kind} output with call_id ${id.slice(0, 200)}.`, 'input', null);
    }
    open.delete(id);
    answered.add(id);
  }
  const [left] = open;
  if (left !== undefined) throw refuse(`No tool output found for ${left[1]} call ${left[0]}.`, 'input', null);
}
