import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { declareClassPlugin, PluginKind } from '@stryker-mutator/api/plugin';
import type { MutantResult } from '@stryker-mutator/api/core';
import type { Reporter } from '@stryker-mutator/api/report';
import { statuses } from './mutant.ts';
import type { Mutant } from './mutant.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Sends each result to the parent process as soon as it is known, so that a run that is stopped has results as well. */
class CollectResults implements Reporter {
  private readonly sources = new Map<string, string[]>();

  onMutantTested({ fileName, location, replacement, status }: Readonly<MutantResult>): void {
    const mutant: Mutant = {
      file: relative(root, fileName),
      line: location.start.line,
      text: this.lineOf(fileName, location.start.line),
      replacement,
      status: statuses[status],
    };
    process.send?.(mutant);
  }

  private lineOf(fileName: string, line: number): string {
    const lines = this.sources.get(fileName) ?? readFileSync(fileName, 'utf8').split('\n');
    this.sources.set(fileName, lines);
    return lines[line - 1]?.trim() ?? '';
  }
}

export const strykerPlugins = [declareClassPlugin(PluginKind.Reporter, 'collect-results', CollectResults)];
