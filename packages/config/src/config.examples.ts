import {
  catalog,
  configFromEnv,
  ConfigError,
  defineConfig,
  lint,
  loadConfig,
  mayProcess,
  watchConfig,
} from '@aoai/config';
import type { Config, Finding } from '@aoai/config';

/** Findings for the deployments of this process. */
export function check(config: Config, print: (line: string) => void): readonly Finding[] {
  //#region lint
  const findings = lint(config, { credential: 'entra-id', features: ['structured-outputs'] });
  for (const { severity, path, message } of findings) print(`${severity} ${path}: ${message}`);
  //#endregion
  return findings;
}

/** The config of a small script. */
export function fromEnvironment(): Config {
  //#region from-env
  const config = configFromEnv(); // AZURE_OPENAI_ENDPOINT, AZURE_OPENAI_DEPLOYMENT, OPENAI_API_VERSION
  //#endregion
  return config;
}

/** Follows a config file until `signal` aborts. */
export async function follow(use: (config: Config) => void, signal: AbortSignal): Promise<Config> {
  //#region load
  const config = await loadConfig(); // aoai.config.{ts,js,json,yaml}, here or in the nearest folder above
  const onError = (error: ConfigError) => {
    console.error(error.message);
  };
  await watchConfig(undefined, use, { onError, signal });
  //#endregion
  return config;
}

/** Facts that a program may need before it calls. */
export function ask(config: Config): readonly unknown[] {
  //#region catalog
  const maxOutput = catalog.models.entries['gpt-5.6-luna']?.context?.output; // 128000
  const mayBeCalled = mayProcess(config, 'chat-france'); // by `policy.processing`
  //#endregion
  return [maxOutput, mayBeCalled];
}

/** Prints every problem of a config on a line of its own. */
export async function report(path: string, print: (line: string) => void): Promise<void> {
  //#region errors
  try {
    await loadConfig(path);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const issue of error.issues) print(`${issue.path}: ${issue.message}`);
  }
  //#endregion
}

/** Pools in which some refusals are not final. */
export function anyLength(): Config<'short' | 'long' | 'mild' | 'any-length' | 'two-filters'> {
  //#region lead-on
  const config = defineConfig({
    resources: { sweden: { endpoint: 'https://contoso-se.openai.azure.com' } },
    deployments: {
      short: { resource: 'sweden', deployment: 'gpt-oss-120b', contentFilter: 'strict' },
      long: { resource: 'sweden', deployment: 'gpt-5.6-luna', contentFilter: 'strict' },
      mild: { resource: 'sweden', deployment: 'luna-for-law', model: 'gpt-5.6-luna', contentFilter: 'mild' },
    },
    pools: {
      'any-length': { tiers: [['short'], ['long']], leadOn: ['context_length_exceeded'] },
      'two-filters': { tiers: [['long'], ['mild']], leadOn: ['content_filter'] },
    },
  });
  //#endregion
  return config;
}
