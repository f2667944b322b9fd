import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import type { Reader } from './rights.ts';

/**
 * The people of an evaluation, with the rights of their groups: those of `aoai.identity.yaml`, by the ids that access.yaml gives
 * their groups. Nobody has to sign in for it: it reads as the server itself, with the filter of each person.
 */
export async function readPeople(documents: string): Promise<(person: string) => Reader> {
  const path = fileURLToPath(new URL('../aoai.identity.yaml', import.meta.url));
  const { users } = parse(await readFile(path, 'utf8')) as {
    readonly users: Readonly<Record<string, { readonly groups?: readonly string[] }>>;
  };
  const { groups } = parse(await readFile(join(documents, 'access.yaml'), 'utf8')) as {
    readonly groups: Readonly<Record<string, string>>;
  };
  return (person) => {
    const known = users[person];
    if (known === undefined) throw new Error(`Cannot evaluate as ${JSON.stringify(person)}: no such person.`);
    return { groups: (known.groups ?? []).flatMap((name) => groups[name] ?? []) };
  };
}
