import { CredentialError } from '../errors.ts';

const placeholder =
  /^(?:<.*>|\[.*\]|\{.*\}|\$\{?\w+\}?|%\w+%|["'].*["']|x{3,}|\*+|\.{3}|undefined|null|none|todo|change[-_ ]?me|secret|dummy|placeholder|(?:your|my|insert|enter|put|paste|the)?[-_ ]*(?:azure)?[-_ ]*(?:openai|aoai)?[-_ ]*(?:resource)?[-_ ]*(?:api|subscription|account)?[-_ ]*key(?:[-_ ]?\d)?(?:[-_ ]*(?:here|goes[-_ ]here|value))?)$/i;

/**
 * Returns `key` if it can be an API key.
 * @throws CredentialError when it is empty, padded, a placeholder, or not something a header can carry. The message
 * does not contain it.
 */
export function checkedKey(key: unknown, from: string): string {
  const problem = problemOf(key);
  if (problem === undefined) return key as string;
  throw new CredentialError(
    `Cannot use the API key ${from}: ${problem}. Copy one of the two keys as it stands: \`az cognitiveservices account keys list --name <account> --resource-group <group>\`.`,
  );
}

function problemOf(key: unknown): string | undefined {
  if (typeof key !== 'string') return `it is ${key === null ? 'null' : typeof key}, not a string`;
  if (key.trim() === '') return 'it is empty';
  if (key.trim() !== key) return 'it has white space around it';
  if (placeholder.test(key)) return 'it is a placeholder';
  if (/^bearer\s/i.test(key))
    return 'it starts with "Bearer", which belongs to tokens; sign in with `entraId` for those';
  if (/^eyJ[\w-]+\.[\w-]+\./.test(key)) return 'it is an Entra ID token; sign in with `entraId` for those';
  if (!/^[\x21-\x7e]+$/.test(key)) return 'it contains characters that a header cannot carry';
  return undefined;
}
