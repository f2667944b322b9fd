export { exitCode, type ExitCode } from './exit-code.ts';
export { run } from './program.ts';
export type { Output, Terminal } from './terminal.ts';
