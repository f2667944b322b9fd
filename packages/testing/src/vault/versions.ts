import { randomUUID } from 'node:crypto';
import { NeighbourError } from '../neighbour/neighbour-error.ts';
import { notInVault } from './vault-error.ts';

/** Times and `enabled` of one version, as the service returns them. */
interface Attributes {
  readonly enabled: boolean;
  readonly created: number;
  readonly updated: number;
  readonly nbf?: number;
  readonly exp?: number;
  readonly recoveryLevel: string;
  readonly recoverableDays: number;
}

/** One version of a key or secret. */
export interface Version<Content> {
  readonly name: string;
  readonly version: string;
  readonly attributes: Attributes;
  readonly tags?: unknown;
  readonly content: Content;
}

/** All versions of a name that was deleted. */
export interface Deleted<Content> {
  readonly all: readonly Version<Content>[];
  readonly newest: Version<Content>;
  /** Unix seconds. */
  readonly deletedDate: number;
}

/** Keys or secrets of a vault, each with its versions, and those that were deleted and can be recovered. */
export interface Versions<Content> {
  add(name: string, content: Content, settings: Settings): Version<Content>;
  /** The newest version unless `version` names one. @throws {NeighbourError} 404 */
  get(name: string, version?: string): Version<Content>;
  update(name: string, version: string, settings: Settings): Version<Content>;
  /** Newest versions of all names. */
  list(): readonly Version<Content>[];
  versions(name: string): readonly Version<Content>[];
  remove(name: string): Deleted<Content>;
  removed(name: string): Deleted<Content>;
  listRemoved(): readonly Deleted<Content>[];
  recover(name: string): Version<Content>;
  purge(name: string): void;
}

/** The attributes of a version in a request. */
interface Settings {
  readonly attributes?: unknown;
  readonly tags?: unknown;
}

/** An empty store. */
export function createVersions<Content>(kind: 'key' | 'secret', now: () => number): Versions<Content> {
  const live = new Map<string, readonly Version<Content>[]>();
  const deleted = new Map<string, Deleted<Content>>();
  const newest = (all: readonly Version<Content>[], name: string): Version<Content> => {
    const last = all.at(-1);
    if (last === undefined) throw notInVault(kind, name);
    return last;
  };
  const key = (name: string): string => name.toLowerCase();
  const store: Versions<Content> = {
    add(name, content, settings) {
      if (deleted.has(key(name)))
        throw new NeighbourError(
          409,
          'Conflict',
          `${kind === 'key' ? 'Key' : 'Secret'} ${name} is currently in a deleted but recoverable state, and its name cannot be reused; in this state, the ${kind} can only be recovered or purged.`,
        );
      const seconds = Math.floor(now() / 1000);
      const added: Version<Content> = {
        name,
        version: randomUUID().replaceAll('-', ''),
        content,
        tags: settings.tags,
        attributes: {
          enabled: true,
          created: seconds,
          updated: seconds,
          ...readAttributes(settings.attributes),
          recoveryLevel: 'Recoverable+Purgeable',
          recoverableDays: 90,
        },
      };
      live.set(key(name), [...store.versions(name), added]);
      return added;
    },
    get(name, version = '') {
      const all = store.versions(name);
      if (version === '') return newest(all, name);
      const found = all.find((each) => each.version === version);
      if (found === undefined) throw notInVault(kind, name, version);
      return found;
    },
    update(name, version, settings) {
      const before = store.get(name, version);
      const after: Version<Content> = {
        ...before,
        tags: settings.tags ?? before.tags,
        attributes: {
          ...before.attributes,
          ...readAttributes(settings.attributes),
          updated: Math.floor(now() / 1000),
        },
      };
      live.set(
        key(name),
        store.versions(name).map((each) => (each === before ? after : each)),
      );
      return after;
    },
    list: () => [...live].map(([name, all]) => newest(all, name)),
    versions: (name) => live.get(key(name)) ?? [],
    remove(name) {
      const all = store.versions(name);
      const removed = { all, newest: newest(all, name), deletedDate: Math.floor(now() / 1000) };
      live.delete(key(name));
      deleted.set(key(name), removed);
      return removed;
    },
    removed(name) {
      const found = deleted.get(key(name));
      if (found === undefined) throw notInVault(kind, name);
      return found;
    },
    listRemoved: () => [...deleted.values()],
    recover(name) {
      const found = store.removed(name);
      deleted.delete(key(name));
      live.set(key(name), found.all);
      return found.newest;
    },
    purge(name) {
      if (!deleted.delete(key(name))) throw notInVault(kind, name);
    },
  };
  return store;
}

function readAttributes(value: unknown): Partial<Pick<Attributes, 'enabled' | 'nbf' | 'exp'>> {
  if (typeof value !== 'object' || value === null) return {};
  const { enabled, nbf, exp } = value as Record<string, unknown>;
  return {
    ...(typeof enabled === 'boolean' && { enabled }),
    ...(typeof nbf === 'number' && { nbf }),
    ...(typeof exp === 'number' && { exp }),
  };
}
