import type { Person } from './people.ts';
export const secondTemplates: readonly ((p: Person) => string)[] = [];
