import { processingOf } from '@aoai/config';
import type { Config, Deployment } from '@aoai/config';
import { exitCode, type ExitCode } from '../exit-code.ts';
import { table } from '../table.ts';
import { paint } from '../paint.ts';
import { json, line, type Terminal } from '../terminal.ts';
import { useConfig } from '../use-config.ts';

/** Prints a config as it is used: with variables read and defaults filled in. */
export async function showConfig(
  terminal: Terminal,
  path: string | undefined,
  options: { readonly json?: boolean },
): Promise<ExitCode> {
  const config = await useConfig(terminal, path);
  if (options.json === true) json(terminal.out, config);
  else print(terminal, config);
  return exitCode.ok;
}

function print({ out, env }: Terminal, config: Config): void {
  const colour = paint(out, env);
  const section = (title: string, heading: readonly string[], rows: readonly (readonly string[])[]) => {
    if (rows.length === 0) return;
    line(out, colour('bold', title));
    line(out, table(heading, rows));
    line(out);
  };
  section(
    'Resources',
    ['NAME', 'ENDPOINT', 'API', 'REGION', 'CLOUD'],
    Object.entries(config.resources).map(([name, { endpoint, basePath, api, region = '', cloud }]) => [
      name,
      `${endpoint}${basePath}`,
      api,
      region,
      cloud,
    ]),
  );
  section(
    'Deployments',
    ['NAME', 'RESOURCE', 'DEPLOYMENT', 'MODEL', 'SKU', 'PROCESSED IN', 'LIMITS'],
    Object.entries(config.deployments).map(([name, deployment]) => [
      name,
      deployment.resource,
      deployment.deployment,
      deployment.version === undefined ? deployment.model : `${deployment.model} ${deployment.version}`,
      deployment.sku,
      place(config, deployment),
      limits(deployment),
    ]),
  );
  section(
    'Pools',
    ['NAME', 'TIERS', 'LEADS ON AFTER'],
    Object.entries(config.pools).map(([name, tiers]) => [
      name,
      tiers
        .map((tier) =>
          tier
            .map(({ deployment, weight }) => (weight === undefined ? deployment : `${deployment} ×${weight}`))
            .join(', '),
        )
        .join(' → '),
      (config.leadOn?.[name] ?? []).join(', '),
    ]),
  );
  const policy = Object.entries(config.policy).map(([clause, value]) => [
    clause,
    typeof value === 'string' ? value : JSON.stringify(value),
  ]);
  section('Policy', ['CLAUSE', 'VALUE'], policy);
}

function place(config: Config, deployment: Deployment): string {
  const resource = config.resources[deployment.resource];
  const where = resource === undefined ? undefined : processingOf(deployment, resource);
  if (where === undefined || where.where === 'unknown') return 'unknown';
  if (where.where === 'anywhere') return 'any region';
  return where.where === 'region' ? where.region : `${where.zone} data zone`;
}

function limits({ limits: { tpm, rpm, ptu } }: Deployment): string {
  const named = Object.entries({ TPM: tpm, RPM: rpm, PTU: ptu }).filter(([, value]) => value !== undefined);
  return named.map(([unit, value]) => `${value ?? ''} ${unit}`).join(', ');
}
