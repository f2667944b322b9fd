/** The first heading of a page, without its marks. */
export function titleOf(page: string): string {
  const heading = /^#\s+(.+)$/m.exec(page)?.[1] ?? '';
  return heading.replaceAll(/[`*_]/g, '').trim();
}

const sections = {
  decisions: {
    title: 'Decisions',
    intro:
      'Why things are as they are, where a reader would ask “why not the obvious thing?”. Each is one page.',
  },
  guides: { title: 'Guides', intro: 'One task, one page.' },
  samples: {
    title: 'Samples',
    intro:
      'Whole applications. Each runs on the mock without settings, and on Azure with them. ' +
      '`npx @aoai/cli new <sample> <folder>` copies one out, ready to install.',
  },
} as const;

const reference = `# Reference

All of it is generated from the sources, so it says what the code does.

| Page | What is in it |
| --- | --- |
| [Config file](./config.md) | every key of \`aoai.config.ts\` and its YAML and JSON forms |
| [Options](./options.md) | every option of every function, with its default |
| [Events](./events.md) | what \`onEvent\` and \`azure.observe\` are told |
| [Errors](./errors.md) | every error class: when, what to do, what it carries |
| [Command line](./cli.md) | every command of \`aoai\` |
| API | [auth](./api/auth.md), [client](./api/client.md), [client/redis](./api/client-redis.md), [config](./api/config.md), [testing](./api/testing.md), [testing/vitest](./api/testing-vitest.md), [cli](./api/cli.md) |

Each package has a page of its own that explains it: [client](../packages/client.md), [config](../packages/config.md),
[auth](../packages/auth.md), [testing](../packages/testing.md), [cli](../packages/cli.md).
`;

/** The opening pages of sections that bring none: a list of what is there. */
export function sectionPages(pages: ReadonlyMap<string, string>): readonly (readonly [string, string])[] {
  const lists = Object.entries(sections).flatMap(([name, { title, intro }]) => {
    const path = `${name}/index.md`;
    const below = [...pages].filter(([page]) => page.startsWith(`${name}/`));
    if (pages.has(path) || below.length === 0) return [];
    const lines = below.map(([page, text]) => {
      const number = /^\w+\/(\d{4})-/.exec(page)?.[1];
      return `- ${number === undefined ? '' : `${number}: `}[${titleOf(text)}](./${page.slice(name.length + 1)})`;
    });
    return [[path, `# ${title}\n\n${intro}\n\n${lines.join('\n')}\n`] as const];
  });
  return [['reference/index.md', reference], ...lists];
}
