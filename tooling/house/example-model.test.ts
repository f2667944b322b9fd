import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const source = 'packages/config/src/catalog/example-model.ts';

/** What a reader copies from: examples, READMEs, guides and samples. Decisions and changelogs tell what was. */
const copied = [
  '{.,packages/*,apps/*}/README.md',
  'docs/**/*.md',
  'packages/*/src/**/*.examples.ts',
  'apps/**/{aoai.config.ts,.env.example}',
  'apps/*/src/**/*.ts',
];
// The guide to upgrading tells of models that go.
const history = /(^|\/)(node_modules|dist|decisions|wire)\/|^docs\/guides\/upgrading\.md$/;

/** Chat and reasoning models by name: `gpt-…` with a number that is no image, audio or realtime model, and `o3`. */
const chatModel = /(?<![\w./-])(?:gpt-\d[\w.]*(?:-[a-z0-9]+)*|o[134](?:-[a-z]+)?)(?![\w/*])/g;
const otherKind = /-(?:image|audio|realtime|transcribe|tts)/;

function chatModels(text: string): string[] {
  return [...text.matchAll(chatModel)].map(([name]) => name).filter((name) => !otherKind.test(name));
}

function exampleModel(): string {
  const name = /exampleModel = '([^']+)'/.exec(readFileSync(join(root, source), 'utf8'))?.[1];
  if (name === undefined) throw new Error(`No example model in ${source}.`);
  return name;
}

test(`examples, READMEs, guides and samples name the chat model of ${source} and no other`, () => {
  const name = exampleModel();
  const files = copied
    .flatMap((pattern) => globSync(pattern, { cwd: root }))
    .filter((file) => !history.test(file));
  expect(files.length).toBeGreaterThan(10);
  const others = files.flatMap((file) =>
    chatModels(readFileSync(join(root, file), 'utf8'))
      .filter((found) => found !== name && found !== `${name}-ptu`)
      .map((found) => `${file}: ${found}`),
  );
  expect(others).toEqual([]);
});

test.each([
  ["model: 'gpt-5-mini'", ['gpt-5-mini']],
  ['AZURE_OPENAI_DEPLOYMENT=gpt-4o', ['gpt-4o']],
  ['`o3-mini`, gpt-image-1, gpt-4o-transcribe, foo3', ['o3-mini']],
  ['"gpt-5.6-luna"', ['gpt-5.6-luna']],
])('the models named by %j are %j', (text, names) => {
  expect(chatModels(text)).toEqual(names);
});
