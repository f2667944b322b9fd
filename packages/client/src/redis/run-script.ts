import { createHash } from 'node:crypto';

/** The part of a client of `@redis/client` (or `redis`) that is used here, for Redis and Valkey, single or cluster. Connect the client first. */
export interface RedisQuotaClient {
  eval(script: string, options: ScriptArguments): Promise<unknown>;
  evalSha(sha: string, options: ScriptArguments): Promise<unknown>;
}

export interface ScriptArguments {
  keys: string[];
  arguments: string[];
}

/** A script, and the hash by which the server knows it after the first run. */
export interface Script {
  readonly text: string;
  readonly sha: string;
}

/** A script by its text. */
export function scriptOf(text: string): Script {
  return { text, sha: createHash('sha1').update(text).digest('hex') };
}

/** Runs a script. When the server no longer has it, the text is sent again. */
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
