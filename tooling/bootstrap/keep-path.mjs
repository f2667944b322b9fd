// Keeps this pnpm on PATH for the later steps of a GitHub job, for actions that call it themselves:
// `node tooling/bootstrap/run.mjs exec node tooling/bootstrap/keep-path.mjs`.
import { appendFileSync, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const { GITHUB_PATH: file, PATH: path = '' } = process.env;
const folder = path.split(delimiter).find((each) => existsSync(join(each, 'pnpm')));
if (file === undefined || folder === undefined) {
  console.error(
    `keep-path: ${file === undefined ? '`GITHUB_PATH` is not set' : 'no pnpm on PATH'}. Run it in a GitHub job, with run.mjs exec.`,
  );
  process.exitCode = 2;
} else {
  appendFileSync(file, `${folder}\n`);
}
