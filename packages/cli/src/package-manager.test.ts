import { expect, test } from 'vitest';
import { packageManagerOf } from './package-manager.ts';

const npm = { install: 'npm install', add: 'npm install', start: 'npm start', exec: 'npx' };

test.each([
  ['npm/11.6.2 node/v24.21.0 linux x64 workspaces/false', npm],
  ['pnpm/12.21.0 npm/? node/v24.21.0', 'pnpm'],
  ['yarn/4.10.0 npm/? node/v24.21.0', 'yarn'],
  ['bun/1.3.0', { install: 'bun install', add: 'bun add', start: 'bun run start', exec: 'bunx' }],
  ['cnpm/9.0.0', npm],
  ['my pnpm/12.21.0', npm],
  ['pnpm', npm],
  ['', npm],
  [undefined, npm],
])('what to type next is of the package manager that runs the program: %j', (agent, commands) => {
  expect(packageManagerOf({ npm_config_user_agent: agent })).toEqual(
    typeof commands === 'string'
      ? { install: `${commands} install`, add: `${commands} add`, start: `${commands} start`, exec: commands }
      : commands,
  );
});
