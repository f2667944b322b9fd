import { splitTokens } from '../answer/tokens.ts';
import { shown } from '../answer/records.ts';
import type { Item } from './items.ts';

/** One step of a call, without its place in the response. */
interface Step {
  readonly type: string;
  readonly [member: string]: unknown;
}

/** The call of a hosted tool as it begins (fixtures of @ai-sdk/azure). */
export function begunCall(item: Item): Item {
  const { id, type } = item;
  if (type === 'image_generation_call') return { id, type, status: 'in_progress' };
  if (type === 'web_search_call') return { ...item, status: 'in_progress', action: { type: 'search' } };
  if (type === 'code_interpreter_call') return { ...item, status: 'in_progress', code: '', outputs: [] };
  return { ...item, status: 'in_progress' };
}

/** The events of a hosted tool while it works; none for other items. */
export function* callSteps(item: Item, pad: () => object): Iterable<Step> {
  const name = `response.${item.type}`;
  switch (item.type) {
    case 'file_search_call':
    case 'web_search_call':
      for (const step of ['in_progress', 'searching']) yield { type: `${name}.${step}` };
      // That of the preview never is.
      if (item['status'] === 'completed') yield { type: `${name}.completed` };
      return;
    case 'image_generation_call':
      yield { type: `${name}.in_progress` };
      yield { type: `${name}.generating` };
      yield partialImage(item);
      return;
    case 'code_interpreter_call': {
      const code = shown(item['code']);
      yield { type: `${name}.in_progress` };
      for (const delta of splitTokens(code)) yield { type: `${name}_code.delta`, delta, ...pad() };
      yield { type: `${name}_code.done`, code };
      yield { type: `${name}.interpreting` };
      yield { type: `${name}.completed` };
    }
  }
}

/** One comes even if none was requested. */
function partialImage({ result, size, quality, background, output_format }: Item): Step {
  return {
    type: 'response.image_generation_call.partial_image',
    partial_image_index: 0,
    partial_image_b64: result,
    size,
    quality,
    background,
    output_format,
  };
}
