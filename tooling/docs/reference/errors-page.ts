import { ReflectionKind } from 'typedoc';
import type { DeclarationReflection, ProjectReflection } from 'typedoc';
import { code, packageOf, summary, table, tagText, typeText } from './words.ts';

/** Fields that every error has, or that the table of classes shows. */
const everywhere = new Set(['name', 'code', 'cause', 'message', 'stack', 'stackTraceLimit']);

/** Every error class that a package exports: when it is thrown, what to do (`@remedy`), and what it carries. */
export function errorsPage(project: ProjectReflection): string {
  const classes = errorClasses(project);
  const packages = [...new Set(classes.map(packageOf))].sort();
  return [
    '# Errors',
    'Answers of the service reach you as the classes of the `openai` package, unchanged. The classes here are thrown for our own ' +
      'decisions. Check with `instanceof`, or with `code`, which stays the same across versions.',
    table(
      ['`code`', 'Class', 'When'],
      classes.map((each) => [
        code(codeOf(each)),
        `[${each.name}](#${each.name.toLowerCase()})`,
        summary(each.comment),
      ]),
    ),
    ...packages.flatMap((name) => [
      `## ${name}`,
      ...classes.filter((each) => packageOf(each) === name).flatMap(section),
    ]),
  ].join('\n\n');
}

/** The exported classes that are errors. */
function errorClasses(project: ProjectReflection): readonly DeclarationReflection[] {
  return project
    .getReflectionsByKind(ReflectionKind.Class)
    .filter((each): each is DeclarationReflection => each.name.endsWith('Error'))
    .sort((a, b) => a.name.localeCompare(b.name));
}

function section(each: DeclarationReflection): readonly string[] {
  const fields = (each.children ?? []).filter(
    (field) => field.kind === ReflectionKind.Property && !everywhere.has(field.name),
  );
  const rows = fields.map((field) => [code(field.name), typeText(field.type), summary(field.comment)]);
  return [
    `### ${each.name}`,
    `**Code** ${code(codeOf(each))}`,
    `**When** ${summary(each.comment)}`,
    `**What to do** ${remedyOf(each)}`,
    ...(rows.length === 0 ? [] : [table(['Field', 'Type', ''], rows)]),
  ];
}

function remedyOf(each: DeclarationReflection): string {
  const remedy = tagText(each.comment, '@remedy');
  if (remedy === undefined)
    throw new Error(`${each.name} does not say what to do: give its comment a \`@remedy\`.`);
  return remedy;
}

function codeOf(each: DeclarationReflection): string {
  const type = each.children?.find(({ name }) => name === 'code')?.type?.toString() ?? '';
  return type.replaceAll('"', '');
}
