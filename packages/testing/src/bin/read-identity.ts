import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { IdentityFile } from '../identity/identity-file.ts';
import { readIdentityFile } from '../identity/read-identity-file.ts';
import { variableSuffix } from '../identity/sign-in-environment.ts';
import type { MockAzure, MockAzureOptions } from '../start-mock-azure.ts';
import { UsageError } from './usage-error.ts';

/** What an identity file is called beside a config. */
const usualNames = ['aoai.identity.yaml', 'aoai.identity.yml', 'aoai.identity.json'];

/**
 * The identity file of `--identity`, or the one beside the config.
 * @throws {UsageError} when the mock does not support something in it.
 */
export async function identityOf({
  identity,
  config,
}: {
  readonly identity: string | undefined;
  readonly config: string | undefined;
}): Promise<IdentityFile | undefined> {
  const path = identity ?? (config === undefined ? undefined : besideConfig(config));
  if (path === undefined) return undefined;
  try {
    return await readIdentityFile(path);
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
}

function besideConfig(config: string): string | undefined {
  return usualNames.map((name) => join(dirname(config), name)).find((path) => existsSync(path));
}

/** The file as settings of the mock. */
export function identitySettings(
  file: IdentityFile | undefined,
): Pick<MockAzureOptions, 'identity' | 'vault'> {
  if (file === undefined) return {};
  const { vault, ...identity } = file;
  return { identity, ...(vault && { vault }) };
}

/** Variables of the first app without a suffix, as a single app reads them; those of the others with their names. */
export function signInVariables(
  azure: { readonly identity: Pick<MockAzure['identity'], 'signInEnv'> },
  file: IdentityFile | undefined,
): Record<string, string> {
  const names = Object.keys(file?.apps ?? {});
  const [first, ...others] = names.map((app) => [app, azure.identity.signInEnv({ app })] as const);
  if (first === undefined) return {};
  const suffixed = others.flatMap(([app, variables]) =>
    Object.entries(variables).map(([name, value]) => [name + variableSuffix(app), value] as const),
  );
  return { ...first[1], ...Object.fromEntries(suffixed) };
}
