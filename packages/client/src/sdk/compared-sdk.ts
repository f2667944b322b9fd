import { APIPromise, OpenAI } from 'openai';
import { Stream } from 'openai/streaming';

// The fast path does what code of the SDK does. It is for an SDK whose code is the code that it has been compared with,
// whatever its version: an instrumentation (dd-trace, OpenTelemetry, Sentry) changes that code, and expects to be called.
// An SDK in a minified bundle has other code too: calls take the SDK's own way there.

/** What `seamsOf` gives for the compared code. The SDK is released every few days, mostly without a change here. */
const comparedSeams: ReadonlySet<string> = new Set(['504d39414f76518a']);

interface Owner {
  readonly name: string;
  readonly members: object;
  /** Of a resource, only what makes a call counts: the rest changes often, and the fast path does none of it. */
  readonly only?: string;
}

/** The code that sends requests and reads answers, and what calls it. */
const owners: readonly Owner[] = [
  { name: 'OpenAI', members: OpenAI.prototype },
  { name: 'APIPromise', members: APIPromise.prototype },
  { name: 'Stream', members: Stream },
  { name: 'Stream.prototype', members: Stream.prototype },
  { name: 'Chat.Completions', members: OpenAI.Chat.Completions.prototype, only: 'create' },
  { name: 'Completions', members: OpenAI.Completions.prototype, only: 'create' },
  { name: 'Embeddings', members: OpenAI.Embeddings.prototype, only: 'create' },
  { name: 'Responses', members: OpenAI.Responses.prototype, only: 'create' },
];

interface Member {
  readonly owner: Owner;
  readonly name: string | symbol;
  readonly code: unknown;
}

function functionsOf(owner: Owner): readonly Member[] {
  return Reflect.ownKeys(owner.members)
    .filter((name) => name !== 'constructor' && (owner.only === undefined || name === owner.only))
    .map((name) => ({
      owner,
      name,
      code: Object.getOwnPropertyDescriptor(owner.members, name)?.value as unknown,
    }))
    .filter(({ code }) => typeof code === 'function');
}

/** A hash of the code of the SDK that the fast path stands in for. */
export function seamsOf(): string {
  const members = owners.flatMap(functionsOf);
  const lines = members.map(({ owner, name, code }) => `${owner.name}.${String(name)}:${String(code)}\n`);
  return hashOf(lines.sort().join(''));
}

/** Two 32-bit FNV-1a hashes: the text is no secret, and not every runtime has `node:crypto`. */
function hashOf(text: string): string {
  let [high, low] = [0x811c9dc5, 0x01234567];
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    high = Math.imul(high ^ unit, 0x01000193);
    low = Math.imul(low ^ (unit + at), 0x01000193);
  }
  return [high, low].map((part) => (part >>> 0).toString(16).padStart(8, '0')).join('');
}

/** Set to `'closed'` before the client is loaded, every call takes the SDK's own way. For tests. */
const switchKey = Symbol.for('@aoai/client.fastPath');

/** Whether the SDK, as it was loaded, is one whose code has been compared with ours. */
export const isCompared: boolean = comparedSeams.has(seamsOf());

/** Whether calls may take the fast path, while the SDK is not changed. */
export const isFastPathOpen: boolean = isCompared && Reflect.get(globalThis, switchKey) !== 'closed';

/** The code that each part of the fast path skips. */
const passed: Readonly<Record<Part, (member: Member) => boolean>> = {
  sending: ({ owner, name }) =>
    owner.name === 'OpenAI' && /^(?:make|fetch|build|prepare|auth|validate)/.test(String(name)),
  promises: ({ owner, name }) =>
    owner.name === 'APIPromise' || name === 'responsePromise' || name === 'parseResponseWithTimeout',
  streams: ({ owner }) => owner.name.startsWith('Stream'),
};

type Part = 'sending' | 'promises' | 'streams';

const loaded: readonly Member[] = owners.flatMap(functionsOf);
const watched: Readonly<Record<Part, readonly Member[]>> = {
  sending: loaded.filter(passed.sending),
  promises: loaded.filter(passed.promises),
  streams: loaded.filter(passed.streams),
};

/** Whether the fast path is open, and the code that it skips has not been replaced since. */
export function isComparedStill(part: Part): boolean {
  if (!isFastPathOpen) return false;
  for (const { owner, name, code } of watched[part]) {
    if ((owner.members as Readonly<Record<PropertyKey, unknown>>)[name] !== code) return false;
  }
  return true;
}
