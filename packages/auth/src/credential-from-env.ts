import { apiKey } from './key/api-key.ts';
import type { ApiKeyOptions } from './key/api-key.ts';
import type { Credential } from './credential.ts';
import { entraId } from './entra/entra-id.ts';
import type { EntraIdOptions } from './entra/entra-id.ts';
import { CredentialError } from './errors.ts';

/** Where `credentialFromEnv` looks. */
export interface CredentialFromEnvOptions extends ApiKeyOptions, EntraIdOptions {
  /** @default process.env */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

const keyNames = ['AZURE_OPENAI_API_KEY', 'AZURE_OPENAI_API_KEY_FILE'] as const;

/**
 * The credential that the environment asks for: the key in `AZURE_OPENAI_API_KEY` (with `AZURE_OPENAI_API_KEY_SECONDARY`, both
 * keys of the account), the key in the file `AZURE_OPENAI_API_KEY_FILE`, else Entra ID with whatever the machine has.
 *
 * @throws CredentialError when it asks for two, or for a key that is empty, padded or a placeholder.
 */
export function credentialFromEnv(options: CredentialFromEnvOptions = {}): Credential {
  const { env = process.env, ...rest } = options;
  const [name, second] = keyNames.filter((one) => env[one] !== undefined && env[one] !== '');
  if (name === undefined) return entraId(undefined, rest);
  if (second !== undefined) {
    throw new CredentialError(
      `Cannot choose an API key: \`${name}\` and \`${second}\` are both set. Unset one of them.`,
    );
  }
  const value = env[name] ?? '';
  if (name === 'AZURE_OPENAI_API_KEY_FILE') return apiKey({ file: value }, rest);
  const secondary = env['AZURE_OPENAI_API_KEY_SECONDARY'];
  return apiKey(secondary === undefined || secondary === '' ? value : { primary: value, secondary }, rest);
}
