import type { Operation } from '../events/events.ts';
import type { TokenCount } from '../quota/quota.ts';
import type { Target } from '../route/target.ts';
import type { Mentions } from './mentions.ts';

/** Body of one attempt. */
export type WireBody = string | Uint8Array | ReadableStream<Uint8Array> | undefined;

/** What a call asks for, freed from the URL shape of the client that made it. Everything that leaves is written from it. */
export interface CallRequest {
  readonly method: string;
  /** Below `/openai/v1`, `/openai/deployments/{name}` or `/openai`: `/chat/completions`. */
  readonly path: string;
  /** Without `api-version`, keys and names of deployments. */
  readonly query: string;
  /** Lower-case names, and only those that a caller may set. */
  readonly headers: Readonly<Record<string, string>>;
  /** The name that was called; `undefined` for a path that takes none, such as `/files`. */
  readonly name: string | undefined;
  readonly operation: Operation;
  readonly stream: boolean;
  readonly tokens: TokenCount;
  /** Parsed JSON body. */
  readonly json: Readonly<Record<string, unknown>> | undefined;
  /** The same as text. */
  readonly text: string | undefined;
  /** `false` for a body that can be sent only once. */
  readonly replayable: boolean;
  /** Why the body could not be read, for one that is passed on as it came. */
  readonly unread: string | undefined;
  /** Looks for what the body and the headers refer to beside the name that is called. */
  mentions(): Mentions;
  /** The query for a target: with the name of its deployment where one was given. */
  queryFor(target: Target): string;
  /** Headers that name a deployment, for a target; absent when none does. */
  readonly headersFor: ((target: Target) => Readonly<Record<string, string>>) | undefined;
  /** The body for a target, with the name of its deployment. */
  bodyFor(target: Target, options: BodyOptions): WireBody | Promise<WireBody>;
}

/** What is in a body beside what was asked for. */
interface BodyOptions {
  /** Its deployments are written with the names that they have in the resource of the target. */
  readonly mentions: Mentions;
  /** In place of the JSON that was asked for. */
  readonly changed?: Readonly<Record<string, unknown>> | undefined;
}
