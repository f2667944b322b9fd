import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

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
    plugins: [licenses()],
  };
}

/** Ships the license of each library whose code is in the bundle, whoever brought it there. */
function licenses() {
  return {
    name: 'licenses',
    generateBundle(_, files) {
      const modules = Object.values(files).flatMap((file) => Object.keys(file.modules ?? {}));
      const folders = new Set(
        modules.flatMap((id) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id) ?? []),
      );
      if (folders.size === 0) return;
      const source = [...folders].sort().map(licenseOf).join('\n');
      this.emitFile({ type: 'asset', fileName: 'third-party-licenses.txt', source });
    },
  };
}

function licenseOf(folder) {
  const { name } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each));
  if (file === undefined) throw new Error(`Cannot inline "${name}": it has no license file.`);
  return `${name}\n\n${readFileSync(join(folder, file), 'utf8')}`;
}
