import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './workspace.ts';

/** What a reader of a README does first. */
export interface FirstSteps {
  /** What it installs. */
  readonly install: readonly string[];
  /** The first example in TypeScript. */
  readonly example: string;
}

/** The install line of a package's README and its first example, with what that imports. */
export function firstSteps(name: string): FirstSteps {
  const page = readFileSync(join(root, 'packages', name.slice('@aoai/'.length), 'README.md'), 'utf8');
  const line = /^npm install (?:--save-dev )?([^#\n]+)/m.exec(page)?.[1];
  const example = /^```ts\n(.*?)^```/ms.exec(page)?.[1];
  if (line === undefined || example === undefined)
    throw new Error(`The README of ${name} has no install line or no example.`);
  const imported = [...example.matchAll(/from '((?:@[\w-]+\/)?[\w-]+)[^']*'/g)].map(
    (match) => match[1] ?? '',
  );
  return { install: [...new Set([...line.trim().split(/\s+/), ...imported])], example };
}
