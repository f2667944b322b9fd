import type { OpenAI } from 'openai';

type Method = (...args: unknown[]) => object;

/** What the SDK's helpers (`.stream()`, `.runTools()`) have in common: each tells its error in one place. */
interface Emitter {
  _emit(event: string, ...args: unknown[]): void;
}

/**
 * The SDK's helpers put every error that is none of its own family into an `OpenAIError`, whose `cause` it is. Those of
 * which `isOurs` come out of the helpers of `sdk` as they are: from their promises, their iterators and their events.
 */
export function unwrapHelperErrors(sdk: OpenAI, isOurs: (error: unknown) => boolean): void {
  const { completions } = sdk.chat;
  for (const [holder, name] of [
    [completions, 'stream'],
    [completions, 'runTools'],
    [sdk.responses, 'stream'],
  ] as const) {
    const own = (Reflect.get(holder, name) as Method).bind(holder);
    const value: Method = (...args) => unwrapping(own(...args), isOurs);
    Object.defineProperty(holder, name, { value, writable: true, configurable: true });
  }
}

function unwrapping(helper: object, isOurs: (error: unknown) => boolean): object {
  if (!('_emit' in helper)) return helper;
  const emit = (helper as Emitter)._emit.bind(helper);
  const value: Emitter['_emit'] = (event, ...args) => {
    const cause: unknown = event === 'error' && args[0] instanceof Error ? args[0].cause : undefined;
    emit(event, ...(isOurs(cause) ? [cause] : args));
  };
  return Object.defineProperty(helper, '_emit', { value, writable: true, configurable: true });
}
