import type { AnswerFormat } from '../answer/answer-input.ts';
import { shown } from '../answer/records.ts';
import { containerOf } from '../containers/container.ts';
import { draw } from '../images/draw.ts';
import type { DeploymentRequest } from '../service/operation.ts';
import type { Item } from './items.ts';

type Sent = Readonly<Record<string, unknown>>;

/** A call of a hosted tool, and the answer that follows it. */
interface HostedCall {
  /** The call, as an output item. */
  readonly item: Item;
  readonly text: string;
  readonly annotations: readonly object[];
}

interface Asked {
  readonly question: string;
  /** The mock's own answer. */
  readonly answer: string;
  readonly format: AnswerFormat;
  /** Values of `include`. */
  readonly include: ReadonlySet<string>;
}

/**
 * Plays the call of a hosted tool with the right fields (fixtures of @ai-sdk/azure): nothing is searched, run or generated.
 * `undefined` for a tool that has no call here.
 */
export function hostedCall(
  request: DeploymentRequest,
  tool: Sent | undefined,
  asked: Asked,
): HostedCall | undefined {
  if (tool === undefined) return undefined;
  const type = shown(tool['type']);
  if (type === 'image_generation') return generateImage(request, tool, asked);
  if (type === 'code_interpreter') return interpretCode(request, tool, asked);
  return type.startsWith('web_search') ? searchWeb(request, type, asked) : undefined;
}

const site = { title: 'Example Domain', url: 'https://example.com/' };

/** The preview has no completed event. */
function searchWeb(
  { random }: DeploymentRequest,
  type: string,
  { question, answer, format, include }: Asked,
): HostedCall {
  const sources = include.has('web_search_call.action.sources')
    ? { sources: [{ type: 'url', url: site.url }] }
    : {};
  const item = {
    id: random.id('ws_', 50),
    type: 'web_search_call',
    status: type.includes('preview') ? 'searching' : 'completed',
    action: { type: 'search', query: question, ...sources },
  };
  // A link in the middle of JSON would break it.
  if (format.kind !== 'text') return { item, text: answer, annotations: [] };
  const link = `([example.com](${site.url}))`;
  const text = `${answer} ${link}`;
  const place = { start_index: text.length - link.length, end_index: text.length };
  return { item, text, annotations: [{ type: 'url_citation', ...place, ...site }] };
}

/** Runs a program that prints the answer. */
function interpretCode(request: DeploymentRequest, tool: Sent, { answer, include }: Asked): HostedCall {
  const outputs = include.has('code_interpreter_call.outputs')
    ? [{ type: 'logs', logs: `${answer}\n` }]
    : null;
  const item = {
    id: request.random.id('ci_', 50),
    type: 'code_interpreter_call',
    status: 'completed',
    code: `print(${JSON.stringify(answer)})`,
    container_id: containerOf(request, tool['container']).id,
    outputs,
  };
  return { item, text: answer, annotations: [] };
}

/** In a stream the last picture still has the status `generating`. */
function generateImage(
  { random, body }: DeploymentRequest,
  tool: Sent,
  { question, answer, format }: Asked,
): HostedCall {
  const size = /^(\d{3,4})x(\d{3,4})$/.exec(shown(tool['size'])) ?? ['1024x1024', '1024', '1024'];
  const quality = shown(tool['quality']);
  const item = {
    id: random.id('ig_', 50),
    type: 'image_generation_call',
    status: body['stream'] === true ? 'generating' : 'completed',
    background: tool['background'] === 'transparent' ? 'transparent' : 'opaque',
    output_format: 'png',
    quality: quality === 'auto' ? 'medium' : quality,
    result: draw(`${question}/0`, Number(size[1]), Number(size[2])).toString('base64'),
    revised_prompt: question,
    size: size[0],
  };
  const text = format.kind === 'text' ? 'Here is the image that you asked for.' : answer;
  return { item, text, annotations: [] };
}
