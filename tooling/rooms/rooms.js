import { cruise } from 'dependency-cruiser';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The rooms of each package, floor by floor from top to bottom. A room may import the rooms of the floors below it and
 * none of its own floor or above. Files that lie in `src` itself are the floor of that name. A package that is not here
 * has no floors yet, and is checked for circles only.
 */
export const floors = {
  client: [
    ['src'],
    ['client'],
    ['sdk'],
    ['fetch', 'call'],
    ['deliver'],
    ['attempt'],
    ['engine'],
    ['choice', 'state'],
    ['request', 'answer', 'telemetry'],
    ['redis', 'batch', 'events'],
    ['route'],
    ['quota', 'transport', 'waiting', 'content-filter', 'budget'],
  ],
};

/** Files that every room of their package may import. */
const ground = ['client/src/errors.ts', 'client/src/fields.ts'];

/** Tests, examples and type tests stand outside: they may import anything. */
const outside = '\\.(test|test-d|examples)\\.ts$';

/**
 * Checks the sources of the packages below `root`.
 * @returns one line for each import that is not allowed
 */
export async function checkRooms(root) {
  const sources = readdirSync(join(root, 'packages'))
    .map((name) => `packages/${name}/src`)
    .filter((path) => existsSync(join(root, path)));
  const { output } = await cruise(sources, {
    baseDir: root,
    // A type that is imported ties two files together as a value does.
    tsPreCompilationDeps: true,
    exclude: { path: ['node_modules', outside] },
    doNotFollow: { path: 'node_modules' },
    validate: true,
    ruleSet: { forbidden: [noCircle, ...Object.entries(floors).flatMap(rulesOf)] },
  });
  return output.summary.violations.map(lineOf);
}

const noCircle = {
  name: 'no-circle',
  severity: 'error',
  from: { path: '^packages/([^/]+)/src/' },
  to: { path: '^packages/$1/src/', circular: true },
};

function rulesOf([name, rooms]) {
  const grounds = ground.map((file) => `^packages/${file}$`);
  const src = `^packages/${name}/src/`;
  const of = (room) => (room === 'src' ? `${src}[^/]+$` : `${src}${room}/`);
  const rules = rooms.flatMap((floor, at) =>
    floor.map((room) => ({
      name: `rooms-of-${name}`,
      severity: 'error',
      from: { path: of(room), pathNot: grounds },
      to: {
        path: rooms.slice(0, at + 1).flatMap((above) => above.filter((other) => other !== room).map(of)),
        pathNot: grounds,
      },
    })),
  );
  // A new room has to be given its floor.
  const known = rooms.flat().filter((room) => room !== 'src');
  const unknown = {
    name: `unknown-room-of-${name}`,
    severity: 'error',
    from: { path: `${src}(?!(?:${known.join('|')})/)[^/]+/` },
    to: {},
  };
  return [...rules.filter(({ to }) => to.path.length > 0), unknown];
}

function lineOf({ rule, from, to, cycle }) {
  if (cycle !== undefined) return `${rule.name}: ${[from, ...cycle.map(({ name }) => name)].join(' → ')}`;
  if (from === to) return `${rule.name}: ${from}`;
  return `${rule.name}: ${from} → ${to}`;
}
