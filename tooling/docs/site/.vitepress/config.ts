import { fileURLToPath } from 'node:url';
import { slug } from 'github-slugger';
import { defineConfig } from 'vitepress';
import { navigation, sidebar } from '../../pages/sidebar.ts';

const out = (name: string) => fileURLToPath(new URL(`../../out/${name}`, import.meta.url));

const icon =
  'data:image/svg+xml,' +
  encodeURIComponent(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#0b5cad"/>' +
      '<path d="M6 16h8m0 0 6-7h6m-12 7 6 7h6" fill="none" stroke="#fff" stroke-width="3" stroke-linecap="round"/></svg>',
  );

export default defineConfig({
  title: 'aoai',
  description: 'TypeScript building blocks for teams that call Azure OpenAI.',
  lang: 'en-GB',
  head: [['link', { rel: 'icon', type: 'image/svg+xml', href: icon }]],
  srcDir: out('pages'),
  outDir: out('site'),
  cacheDir: out('cache'),
  // Where the site stands below its host, for example `/aoai/`.
  base: process.env.DOCS_BASE ?? '/',
  // The same anchors as in the repository.
  markdown: {
    anchor: { slugify: slug },
    // The default theme has colours with less contrast than 4.5 : 1.
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
    config: (markdown) => {
      // A header cell without words is no header.
      for (const rule of ['th_open', 'th_close'] as const) {
        markdown.renderer.rules[rule] = (...[tokens, index, options, , renderer]) => {
          const words = tokens.at(rule === 'th_open' ? index + 1 : index - 1);
          const token = tokens.at(index);
          if (token !== undefined && words?.content === '') token.tag = 'td';
          return renderer.renderToken(tokens, index, options);
        };
      }
    },
  },
  vite: { build: { chunkSizeWarningLimit: 2_000 } },
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    nav: navigation(out('pages')),
    sidebar: sidebar(out('pages')),
    footer: { message: 'MIT licence. Not a Microsoft product.' },
  },
});
