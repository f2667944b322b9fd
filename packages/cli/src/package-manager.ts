import type { Terminal } from './terminal.ts';

/** The commands of the package manager that runs this program, by the variable that all of them set. */
export interface PackageManager {
  readonly install: string;
  readonly add: string;
  readonly start: string;
  /** Runs a program of an installed package. */
  readonly exec: string;
}

export function packageManagerOf({ npm_config_user_agent: agent = '' }: Terminal['env']): PackageManager {
  const name = /^(npm|pnpm|yarn|bun)\//.exec(agent)?.[1] ?? 'npm';
  const exec = { npm: 'npx', bun: 'bunx' }[name] ?? name;
  return {
    install: `${name} install`,
    add: name === 'npm' ? 'npm install' : `${name} add`,
    start: name === 'bun' ? 'bun run start' : `${name} start`,
    exec,
  };
}
