import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Person } from './session.ts';

/** Who asks the index: every query takes one. */
export interface Reader {
  /** Object ids of groups. Nobody reads anything through an empty list. */
  readonly groups: readonly string[];
  /** The person's own token for Azure AI Search. */
  readonly searchToken?: () => Promise<string>;
}

/** Which groups may read which folders: `access.yaml` beside the documents. */
export interface Access {
  /** Object ids of the groups that may read a document, by its path. Empty: nobody. */
  groupsOf(path: string): readonly string[];
  /** Names of those groups that this file knows. */
  namesOf(groups: readonly string[]): string[];
}

const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The groups of a person that can be in a filter. */
export function groupsOf({ groups }: Pick<Person, 'groups'>): readonly string[] {
  return [...new Set(groups.map((id) => id.toLowerCase()))].filter((id) => guid.test(id)).sort();
}

/**
 * The filter of every query to Azure AI Search. It is written here and nowhere else, from ids that cannot end a string.
 * @throws for a reader without groups: there is no query to make.
 */
export function groupFilter({ groups }: Reader): string {
  if (groups.length === 0 || !groups.every((id) => guid.test(id)))
    throw new Error('Cannot search: the reader has no groups. Answer without a search.');
  return `groups/any(g: search.in(g, '${groups.join(',')}', ','))`;
}

/** @throws when a folder names a group that has no id. */
export async function readAccess(folder: string): Promise<Access> {
  const text = await readFile(join(folder, 'access.yaml'), 'utf8');
  const { groups, folders } = parse(text) as {
    readonly groups: Readonly<Record<string, string>>;
    readonly folders: Readonly<Record<string, readonly string[]>>;
  };
  const idOf = (name: string): string => {
    const id = groups[name]?.toLowerCase() ?? '';
    if (guid.test(id)) return id;
    throw new Error(
      `Cannot read access.yaml: the group ${JSON.stringify(name)} has no object id. Add it to \`groups\`.`,
    );
  };
  const ids = new Map(Object.entries(folders).map(([path, names]) => [path, names.map(idOf)]));
  const names = new Map(Object.keys(groups).map((name) => [idOf(name), name]));
  return {
    groupsOf: (path) => ids.get(path.split('/').slice(0, -1).join('/')) ?? [],
    namesOf: (wanted) => wanted.flatMap((id) => names.get(id.toLowerCase()) ?? []),
  };
}
