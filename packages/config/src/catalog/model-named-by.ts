import { models } from './models.ts';

const modelNames = Object.keys(models.entries).toSorted((a, b) => b.length - a.length);

/** The model that the name of a deployment contains: `gpt-4o` for `my-gpt-4o-deployment`. */
export function modelNamedBy(deployment: string): string | undefined {
  const name = deployment.toLowerCase();
  return modelNames.find((known) => {
    const start = name.indexOf(known);
    if (start < 0) return false;
    const around = [name[start - 1] ?? '-', name[start + known.length] ?? '-'];
    // A letter, digit or dot continues the name: `gpt-5.9` does not contain `gpt-5`.
    return around.every((character) => /[^a-z0-9.]/.test(character));
  });
}
