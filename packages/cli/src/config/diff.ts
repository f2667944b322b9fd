import { driftOf, type Drift } from '../arm/drift.ts';
import { managementFor, type ManagementFlags } from '../arm/management.ts';
import { readAccounts } from '../arm/read-accounts.ts';
import { exitCode, type ExitCode } from '../exit-code.ts';
import { paint } from '../paint.ts';
import { json, line, plural, type Terminal } from '../terminal.ts';
import { useConfig } from '../use-config.ts';

/** Options of `aoai config diff`. */
export interface DiffOptions extends ManagementFlags {
  readonly json?: boolean;
}

/** Prints the differences between a config and a subscription. */
export async function diffConfig(
  terminal: Terminal,
  path: string | undefined,
  options: DiffOptions,
): Promise<ExitCode> {
  const config = await useConfig(terminal, path);
  const management = managementFor(terminal, options, config);
  const drift = driftOf(config, await readAccounts(management));
  if (options.json === true) json(terminal.out, drift);
  else print(terminal, drift);
  return drift.length === 0 ? exitCode.ok : exitCode.failed;
}

function print({ out, env }: Terminal, drift: readonly Drift[]): void {
  const colour = paint(out, env);
  for (const { path, config, azure } of drift) {
    if (config === undefined)
      line(out, colour('green', `+ ${path.slice(1)}: ${show(azure)} is in Azure, not in the config`));
    else if (azure === undefined)
      line(out, colour('red', `- ${path}: ${show(config)} is in the config, not in Azure`));
    else line(out, colour('yellow', `~ ${path}: ${show(config)} in the config, ${show(azure)} in Azure`));
  }
  line(
    out,
    drift.length === 0
      ? colour('green', 'The config and Azure agree.')
      : `${plural(drift.length, 'difference')}.`,
  );
}

function show(value: unknown): string {
  return JSON.stringify(value);
}
