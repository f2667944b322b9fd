import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';

/** A registry of npm on loopback. */
export interface Registry {
  readonly url: string;
  /** What makes npm, pnpm, Yarn and Bun use it. */
  readonly env: Readonly<Record<string, string>>;
  readonly stop: () => void;
}

/** Starts verdaccio, which takes our packages from whoever publishes and asks the registry of this machine for all others. */
export async function startRegistry(folder: string): Promise<Registry> {
  const home = join(folder, 'registry');
  mkdirSync(home);
  // verdaccio asks for a dist-tag of node-fetch that not every mirror has.
  const overrides = { 'node-fetch': '2.7.0' };
  writeFileSync(join(home, 'package.json'), JSON.stringify({ private: true, overrides }));
  const install = [
    'install',
    '--no-audit',
    '--no-fund',
    '--prefer-offline',
    '--loglevel=error',
    'verdaccio@6.10.4',
  ];
  execFileSync('npm', install, { cwd: home });
  const upstream = execFileSync('npm', ['config', 'get', 'registry'], { encoding: 'utf8' }).trim();
  writeFileSync(
    join(home, 'config.yaml'),
    // JSON is YAML.
    JSON.stringify({
      storage: './storage',
      web: { enable: false },
      uplinks: { upstream: { url: upstream, cache: false } },
      packages: {
        '@aoai/*': { access: '$all', publish: '$all', unpublish: '$all' },
        '**': { access: '$all', proxy: 'upstream' },
      },
      log: { type: 'stdout', level: 'warn' },
    }),
  );
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/`;
  const userConfig = join(folder, 'npmrc');
  writeFileSync(userConfig, `registry=${url}\n//127.0.0.1:${port}/:_authToken=local\n`);
  const verdaccio = spawn(
    process.execPath,
    ['node_modules/verdaccio/bin/verdaccio', '--config', 'config.yaml', '--listen', `127.0.0.1:${port}`],
    { cwd: home, env: { ...process.env, NODE_OPTIONS: '' }, stdio: 'inherit' },
  );
  const stop = (): void => {
    verdaccio.kill();
  };
  process.on('exit', stop);
  for (let attempt = 0; !(await isUp(url)); attempt += 1) {
    if (attempt === 300) throw new Error(`The registry did not answer at ${url} within 60 s.`);
    await delay(200);
  }
  const env = {
    NPM_CONFIG_USERCONFIG: userConfig,
    npm_config_registry: url,
    BUN_CONFIG_REGISTRY: url,
    YARN_NPM_REGISTRY_SERVER: url,
    YARN_UNSAFE_HTTP_WHITELIST: '127.0.0.1',
    YARN_ENABLE_TELEMETRY: '0',
    YARN_ENABLE_IMMUTABLE_INSTALLS: 'false',
  };
  return { url, env, stop };
}

async function isUp(url: string): Promise<boolean> {
  return fetch(`${url}-/ping`).then(
    (response) => response.ok,
    () => false,
  );
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('No port is free on loopback.');
  return address.port;
}
