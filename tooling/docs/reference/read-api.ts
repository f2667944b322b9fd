import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import GithubSlugger from 'github-slugger';
import { Application } from 'typedoc';
import type { ProjectReflection } from 'typedoc';
import { root } from '../documents.ts';

/** The public API of all packages, read from their sources. */
export interface Api {
  readonly project: ProjectReflection;
  /** One Markdown page for each entry point: file name and text. */
  pages(): Promise<readonly (readonly [string, string])[]>;
}

const tsconfig = fileURLToPath(new URL('api.tsconfig.json', import.meta.url));

export async function readApi(): Promise<Api> {
  const app = await Application.bootstrapWithPlugins({
    plugin: ['typedoc-plugin-markdown'],
    entryPoints: entryPoints(),
    tsconfig,
    readme: 'none',
    disableSources: true,
    excludeExternals: true,
    excludeInternal: true,
    excludePrivate: true,
    githubPages: false,
    // Sources are checked by `pnpm typecheck`, with the compiler that they are written for.
    skipErrorChecking: true,
    validation: { notExported: false, invalidLink: true },
    blockTags: [
      '@default',
      '@deprecated',
      '@example',
      '@param',
      '@remarks',
      '@returns',
      '@see',
      '@throws',
      '@remedy',
    ],
    logLevel: 'Error',
    // Options of typedoc-plugin-markdown, which typedoc's own type does not know.
    ...{
      router: 'module',
      tableColumnSettings: {
        hideInherited: true,
        hideModifiers: true,
        hideOverrides: true,
        hideSources: true,
      },
      hideBreadcrumbs: true,
      hidePageHeader: true,
      useCodeBlocks: true,
      interfacePropertiesFormat: 'table',
      parametersFormat: 'table',
      enumMembersFormat: 'table',
      typeDeclarationFormat: 'table',
      classPropertiesFormat: 'table',
      propertyMembersFormat: 'table',
    },
  });
  const project = await app.convert();
  if (project === undefined) throw new Error('typedoc could not read the sources of the packages.');
  for (const module of project.children ?? []) module.name = importName(module.name);
  return { project, pages: () => writtenPages(app, project) };
}

async function writtenPages(
  app: Application,
  project: ProjectReflection,
): Promise<readonly (readonly [string, string])[]> {
  const folder = mkdtempSync(join(tmpdir(), 'aoai-api-'));
  try {
    await app.outputs.writeOutput({ name: 'markdown', path: folder }, project);
    const files = globSync('@aoai/**/*.md', { cwd: folder });
    return files.map((file) => [fileName(file), plainPage(readFileSync(join(folder, file), 'utf8'))]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The module `@aoai/client/redis` has the page `client-redis`. */
function fileName(path: string): string {
  return path.replace('@aoai/', '').replaceAll('/', '-');
}

/** Links between the pages by their new names, and no anchors of fields: two fields of a page often have one name. */
function plainPage(page: string): string {
  const slugger = new GithubSlugger();
  const anchors = new Set([...page.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => slugger.slug(heading)));
  return (
    page
      .replaceAll(/<a id="[^"]*"><\/a> /g, '')
      // A method `status` of `Client` is counted by the plugin as another heading `ClientStatus`.
      .replaceAll(/\(#([\w-]+)-\d+\)/g, (link, name: string) =>
        anchors.has(link.slice(2, -1)) ? link : `(#${name})`,
      )
      .replaceAll(/\]\((?:\.\.\/)*((?:@aoai\/)?[\w/]+\.md)/g, (_, path: string) => `](./${fileName(path)}`)
  );
}

/** Everything that a package exports: the `@aoai/source` of its `exports`. */
function entryPoints(): string[] {
  return globSync('packages/*/package.json', { cwd: root }).flatMap((manifest) => {
    const source = readFileSync(join(root, manifest), 'utf8');
    const paths = [...source.matchAll(/"@aoai\/source": "\.\/(.+?)"/g)];
    return paths.map(([, path]) => join(root, manifest, '..', path ?? ''));
  });
}

/** `client/src/redis` is imported as `@aoai/client/redis`. */
function importName(module: string): string {
  const [name = '', , ...rest] = module.split('/');
  return ['@aoai', name, ...rest].join('/');
}
