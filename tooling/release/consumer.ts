import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { check } from './checks.ts';

export interface ConsumerPlace {
  /** Where the project is made. */
  readonly folder: string;
  /** Variables for npm. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Makes an empty project of a user and installs what is named, by npm. `undefined` when that fails. */
export async function consumer(
  name: string,
  install: readonly string[],
  { folder, env = {} }: ConsumerPlace,
): Promise<string | undefined> {
  const cwd = join(folder, name.replace(/[^\w.-]/g, '-'));
  mkdirSync(cwd);
  writeFileSync(join(cwd, 'package.json'), '{"name":"consumer","private":true,"type":"module"}');
  const command = ['npm', 'install', '--no-audit', '--no-fund', '--prefer-offline', ...install];
  return (await check(`${name}: installs`, command, { cwd, env })) ? cwd : undefined;
}
