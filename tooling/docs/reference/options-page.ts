import { ReflectionKind } from 'typedoc';
import type { DeclarationReflection, ProjectReflection } from 'typedoc';
import { code, packageOf, summary, table, tagText, typeText } from './words.ts';

/** Every option of every function: the exported interfaces whose name ends in `Options`, with their `@default`. */
export function optionsPage(project: ProjectReflection): string {
  const groups = project
    .getReflectionsByKind(ReflectionKind.Interface)
    .filter((each): each is DeclarationReflection => each.name.endsWith('Options'))
    .filter((each) => each.children !== undefined);
  const packages = [...new Set(groups.map(packageOf))].sort();
  return [
    '# Options',
    'Every option, generated from the sources. Durations end in `Ms`. An option that is left out has its default.',
    ...packages.flatMap((name) => [
      `## ${name}`,
      ...groups
        .filter((each) => packageOf(each) === name)
        .sort((a, b) => a.name.localeCompare(b.name))
        .flatMap((each) => [`### ${each.name}`, summary(each.comment), optionTable(each)]),
    ]),
  ].join('\n\n');
}

function optionTable(options: DeclarationReflection): string {
  const rows = (options.children ?? [])
    .filter(isForUsers)
    .map((option) => [
      code(option.name),
      typeText(option.type ?? option.signatures?.[0]?.type),
      tagText(option.comment, '@default') ?? (option.flags.isOptional ? '' : 'required'),
      summary(option.comment ?? option.signatures?.[0]?.comment),
    ]);
  return table(['Option', 'Type', 'Default', 'What it does'], rows);
}

/** Tests give a clock and random numbers of their own. */
function isForUsers({ name }: DeclarationReflection): boolean {
  return name !== 'now' && name !== 'random';
}
