import type { Config } from './config.ts';
import { readConfig } from './define-config.ts';
import { ConfigError } from './errors.ts';
import type { ConfigIssue } from './errors.ts';
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
  const input = {
    resources: {
      azure: {
        endpoint: { $env: 'AZURE_OPENAI_ENDPOINT' },
        ...(api !== undefined && { api: { $env: 'OPENAI_API_VERSION' } }),
      },
    },
    deployments,
    ...(allowHosts !== undefined && { allowHosts }),
    ...(policy !== undefined && { policy }),
  };
  return withNearMisses(env, () => readConfig(input, { env }));
}

/** Names that other libraries use for these variables. They are not read here, so a set one is reported. */
const nearMisses: Readonly<Record<string, { readonly path: string; readonly others: readonly string[] }>> = {
  AZURE_OPENAI_ENDPOINT: {
    path: 'resources.azure.endpoint',
    others: [
      'AZURE_OPENAI_API_BASE',
      'AZURE_OPENAI_API_ENDPOINT',
      'AZURE_OPENAI_BASE_PATH',
      'AZURE_OPENAI_BASE_URL',
      'AZURE_OPENAI_URL',
      'AZURE_API_BASE',
      'OPENAI_API_BASE',
    ],
  },
  AZURE_OPENAI_DEPLOYMENT: {
    path: 'deployments.deployment.deployment',
    others: [
      'AZURE_OPENAI_DEPLOYMENT_NAME',
      'AZURE_OPENAI_DEPLOYMENT_ID',
      'AZURE_OPENAI_API_DEPLOYMENT_NAME',
      'AZURE_OPENAI_CHAT_DEPLOYMENT',
      'AZURE_OPENAI_CHAT_DEPLOYMENT_NAME',
      'AZURE_OPENAI_MODEL',
      'AZURE_OPENAI_MODEL_NAME',
      'AZURE_DEPLOYMENT_NAME',
    ],
  },
  OPENAI_API_VERSION: {
    path: 'resources.azure.api',
    others: ['AZURE_OPENAI_API_VERSION', 'AZURE_OPENAI_VERSION', 'AZURE_API_VERSION'],
  },
};

function withNearMisses(env: Environment, create: () => Config): Config {
  const missed = Object.entries(nearMisses).flatMap(([name, { path, others }]) => {
    const other =
      read(env, name) === undefined ? others.find((one) => read(env, one) !== undefined) : undefined;
    return other === undefined
      ? []
      : [{ name, path, message: `\`${other}\` is set, and is not read: call it \`${name}\`.` }];
  });
  let config: Config | undefined;
  let issues: readonly ConfigIssue[] = [];
  try {
    config = create();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    ({ issues } = error);
  }
  const all = [
    ...issues.map((issue) => {
      const hint = missed.find(({ path }) => path === issue.path);
      return hint === undefined
        ? issue
        : { ...issue, message: `${issue.message.replace(/\.?$/, '.')} ${hint.message}` };
    }),
    // An api-version that is ignored would lead to a call of another api.
    ...missed.filter(({ path }) => !issues.some((issue) => issue.path === path)),
  ];
  if (config !== undefined && all.length === 0) return config;
  throw new ConfigError(all.map(({ path, message }) => ({ path, message })));
}

function read(env: Environment, name: string): string | undefined {
  const text = Object.hasOwn(env, name) ? env[name]?.trim() : undefined;
  return text === '' ? undefined : text;
}
