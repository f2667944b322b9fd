import type { Config } from './config.ts';
import { readConfig } from './define-config.ts';
import type { Environment } from './read/plain.ts';
import type { Policy } from './policy.ts';

/** Options of `configFromEnv`. */
export interface ConfigFromEnvOptions {
  /** Where variables are read. @default process.env */
  readonly env?: Environment;
  /** Hosts outside Azure's own suffixes that may be sent credentials. @default [] */
  readonly allowHosts?: readonly string[];
  readonly policy?: Policy;
}

/**
 * A config of one resource from `AZURE_OPENAI_ENDPOINT`, `AZURE_OPENAI_DEPLOYMENT` (one name, or several with commas
 * between them) and `OPENAI_API_VERSION` (`v1` when absent). Deployments keep their names.
 * @throws ConfigError that names every variable that is missing or wrong.
 */
export function configFromEnv(options: ConfigFromEnvOptions = {}): Config {
  const { env = process.env, allowHosts, policy } = options;
  const names = (read(env, 'AZURE_OPENAI_DEPLOYMENT') ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  const api = read(env, 'OPENAI_API_VERSION');
  const deployments =
    names.length === 0
      ? { deployment: { resource: 'azure', deployment: { $env: 'AZURE_OPENAI_DEPLOYMENT' } } }
      : Object.fromEntries(names.map((name) => [name, { resource: 'azure', deployment: name }]));
  return readConfig(
    {
      resources: {
        azure: {
          endpoint: { $env: 'AZURE_OPENAI_ENDPOINT' },
          ...(api !== undefined && { api: { $env: 'OPENAI_API_VERSION' } }),
        },
      },
      deployments,
      ...(allowHosts !== undefined && { allowHosts }),
      ...(policy !== undefined && { policy }),
    },
    { env },
  );
}

function read(env: Environment, name: string): string | undefined {
  const text = Object.hasOwn(env, name) ? env[name]?.trim() : undefined;
  return text === '' ? undefined : text;
}
