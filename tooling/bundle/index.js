import { readdirSync, readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * Bundles the sources of a package into one file for each entry, because a process that imports fifty small modules
 * spends most of its start on finding them (docs/decisions/0013-bundled-packages.md). Declarations come from `tsc`.
 * `inline` names the libraries that become part of the bundle; every other one stays an import.
 */
export function bundle({ entries, inline = [] }) {
  const isInlined = (id) => inline.some((name) => id === name || id.startsWith(`${name}/`));
  return {
    input: Object.fromEntries(entries.map((entry) => [entry, `src/${entry}.ts`])),
    platform: 'node',
    // The helpers of rolldown for what is newer than our target are code of the bundle.
    external: (id) =>
      /^(@[\w.-]+\/)?[a-z]/.test(id) && !isInlined(id) && !id.startsWith('@oxc-project/runtime/'),
    output: {
      dir: 'dist',
      format: 'esm',
      sourcemap: true,
      cleanDir: true,
      // Those that bundlers of applications read are kept.
      comments: { annotation: true, jsdoc: false, legal: false },
      codeSplitting: entries.length > 1,
      entryFileNames: '[name].js',
      chunkFileNames: '[name].js',
    },
    plugins: [licenses(inline)],
  };
}

/** Ships the license of each library whose code is in the bundle. */
function licenses(inline) {
  return {
    name: 'licenses',
    generateBundle() {
      if (inline.length === 0) return;
      const source = inline.map((name) => `${name}\n\n${licenseOf(name)}`).join('\n');
      this.emitFile({ type: 'asset', fileName: 'third-party-licenses.txt', source });
    },
  };
}

function licenseOf(name) {
  const manifest = findPackageJSON(name, pathToFileURL(join(process.cwd(), 'package.json')));
  const folder = dirname(manifest);
  const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each));
  if (file === undefined) throw new Error(`Cannot inline "${name}": it has no license file.`);
  return readFileSync(join(folder, file), 'utf8');
}
