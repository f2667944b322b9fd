import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DefaultAzureCredential } from '@azure/identity';
import type { TokenCredential } from '@azure/core-auth';
import { fileAnchor } from './store/audit.ts';
import { createClinic } from './clinic.ts';
import type { Assist, ClinicOptions } from './clinic.ts';
import { openDatabase } from './store/database.ts';
import { fileWrapping } from './store/key-wrapping.ts';
import { vaultWrapping } from './store/vault-wrapping.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Commands that ask no model. */
const noAssist: Assist = async () => {
  throw new Error('This command does not summarise.');
};

export interface OpenClinicOptions extends Partial<Pick<ClinicOptions, 'assist' | 'secondOpinion'>> {
  readonly env?: Environment;
  readonly credential?: TokenCredential;
}

/**
 * Opens the store of this machine: `DATA_FOLDER` (default `.data`), the data keys wrapped by `KEY_VAULT_KEY` of
 * `AZURE_KEY_VAULT_ENDPOINT`, or by a file beside the database when no key is named.
 */
export function openClinic({
  env = process.env,
  credential,
  assist = noAssist,
  secondOpinion,
}: OpenClinicOptions = {}) {
  const folder = env.DATA_FOLDER ?? fileURLToPath(new URL('../.data', import.meta.url));
  const { AZURE_KEY_VAULT_ENDPOINT: vault, KEY_VAULT_KEY: key } = env;
  const wrapping =
    vault !== undefined && key !== undefined
      ? vaultWrapping(vault, key, credential ?? new DefaultAzureCredential())
      : fileWrapping(join(folder, 'wrapping.key'));
  const database = openDatabase(join(folder, 'notes.db'));
  const anchor = fileAnchor(env.ANCHOR_FILE ?? join(folder, 'anchors.jsonl'));
  const clinic = createClinic({
    database,
    wrapping,
    anchor,
    assist,
    ...(secondOpinion ? { secondOpinion } : {}),
  });
  return { clinic, database, wrapping, folder, close: database.close };
}
