import { createHash } from 'node:crypto';

/** What is used of a client of `@redis/client` (or `redis`), for Redis and Valkey, single or cluster. Connect it first. */
export interface RedisQuotaClient {
  eval(script: string, options: ScriptArguments): Promise<unknown>;
  evalSha(sha: string, options: ScriptArguments): Promise<unknown>;
}

export interface ScriptArguments {
  keys: string[];
  arguments: string[];
}

/** A script, and the name that the server knows it by once it has seen it. */
export interface Script {
  readonly text: string;
  readonly sha: string;
}

/** A script by its text. */
export function scriptOf(text: string): Script {
  return { text, sha: createHash('sha1').update(text).digest('hex') };
}

/** Runs a script; one that the server has lost is sent again. */
export async function evaluate(
  client: RedisQuotaClient,
  { text, sha }: Script,
  given: ScriptArguments,
): Promise<unknown> {
  try {
    return await client.evalSha(sha, given);
  } catch (error) {
    if (!(error instanceof Error) || !error.message.includes('NOSCRIPT')) throw error;
    return client.eval(text, given);
  }
}
