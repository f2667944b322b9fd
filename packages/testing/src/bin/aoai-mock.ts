#!/usr/bin/env node
import process from 'node:process';

// An older Node.js cannot parse the rest, so it is loaded later: this gives one sentence instead of a SyntaxError.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 12)) {
  process.stderr.write(
    `aoai-mock needs Node.js 22.12 or newer: this is ${process.versions.node}. Install one from https://nodejs.org.\n`,
  );
  process.exitCode = 1;
} else {
  await import('./main.ts');
}
