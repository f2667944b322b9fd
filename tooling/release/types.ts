import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { report, runProgram } from './checks.ts';

/** A compiler, and how it looks modules up. */
export interface Compiler {
  readonly name: string;
  /** The program `tsc`, and further flags. */
  readonly command: readonly string[];
}

export interface TypeCheck {
  readonly name: string;
  readonly source: string;
  readonly compiler: Compiler;
}

/** Every way to look modules up that a Node.js project uses. `files` are extensions: of ES modules, CommonJS or both. */
const resolutions = [
  { name: 'nodenext', flags: ['--module', 'nodenext'], files: ['mts', 'cts'] },
  { name: 'bundler', flags: ['--module', 'esnext', '--moduleResolution', 'bundler'], files: ['mts'] },
] as const;

/**
 * Compiles `source` in a project with the declarations of all libraries checked as well. Errors inside of libraries that
 * are not ours are left to their authors.
 */
export async function checkTypes({ name, source, compiler }: TypeCheck, cwd: string): Promise<void> {
  for (const resolution of resolutions) {
    const files = resolution.files.map((extension) => `types-${name.replace(/\W+/g, '-')}.${extension}`);
    for (const file of files) writeFileSync(join(cwd, file), source);
    const flags = [
      '--noEmit',
      '--strict',
      '--target',
      'es2022',
      '--skipLibCheck',
      'false',
      '--types',
      'node',
    ];
    const { status, stdout, stderr } = await runProgram(
      [...compiler.command, ...flags, ...resolution.flags, ...files],
      { cwd },
    );
    const errors = stdout
      .split('\n')
      .filter((line) => /\berror TS\d+/.test(line))
      .filter((line) => !/^node_modules\/(?!@aoai\/)/.test(line));
    const ran = status === 0 || /\berror TS\d+/.test(stdout);
    report(
      `types: ${name}, ${compiler.name}, ${resolution.name}`,
      ran && errors.length === 0,
      ran ? errors.join('\n') : stdout + stderr,
    );
  }
}

/** Imports every entry point. */
export function importAll(entries: readonly string[]): string {
  const lines = entries.map((entry, index) => `import * as entry${index} from ${JSON.stringify(entry)};`);
  return [...lines, `export { ${entries.map((_, index) => `entry${index}`).join(', ')} };`].join('\n');
}
