import { readFileSync } from 'node:fs';

export interface Person {
  /** Object id in the tenant. */
  readonly id: string;
  readonly name: string;
  readonly title: string;
  readonly department: string;
  readonly office: string;
  readonly email: string;
  /** For the person, the manager and the manager's manager only. */
  readonly mobile: string;
  /** Object id of the manager. */
  readonly manager?: string;
}

export interface People {
  byId(id: string): Person | undefined;
  /** People whose name holds these words. */
  find(words: string): Person[];
  /** Whether `manager` is above `person`: directly, or over others. */
  isAbove(manager: string, person: string): boolean;
}

/** The company's people. */
export function loadPeople(): People {
  const all = JSON.parse(
    readFileSync(new URL('../../../data/people.json', import.meta.url), 'utf8'),
  ) as Person[];
  const ids = new Map(all.map((person) => [person.id, person]));
  return {
    byId: (id) => ids.get(id),
    find: (words) => {
      const wanted = words.trim().toLocaleLowerCase();
      return wanted === '' ? [] : all.filter(({ name }) => name.toLocaleLowerCase().includes(wanted));
    },
    isAbove: (manager, person) => {
      // At most so many steps as there are people: a circle in the data ends here too.
      let next = ids.get(person)?.manager;
      for (let step = 0; next !== undefined && step < ids.size; step++) {
        if (next === manager) return true;
        next = ids.get(next)?.manager;
      }
      return false;
    },
  };
}
