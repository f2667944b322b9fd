import { join } from 'node:path';
import ts from 'typescript';
import { root } from '../documents.ts';
import { code, table } from './words.ts';

const file = join(root, 'packages/client/src/events/events.ts');

const intro = `# Events

What \`onEvent\` and \`azure.observe\` are told: plain objects with a \`type\`, at once and in order. Times are milliseconds since
1970 (\`AtMs\`) or durations (\`Ms\`). Generated from the sources of \`@aoai/client\`.`;

/**
 * Every member of `ClientEvent` with its fields. Read with the compiler and not from the API of the package: the members are
 * found through the union, and most of them are not exported by name.
 */
export function eventsPage(): string {
  const program = ts.createProgram([file], {
    target: ts.ScriptTarget.ESNext,
    strict: true,
    skipLibCheck: true,
  });
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(file);
  const union = source?.statements.find(
    (node): node is ts.TypeAliasDeclaration =>
      ts.isTypeAliasDeclaration(node) && node.name.text === 'ClientEvent',
  );
  if (union === undefined) throw new Error(`${file} has no type ClientEvent.`);
  const type = checker.getTypeAtLocation(union);
  const members = type.isUnion() ? type.types : [type];
  const said = (symbol: ts.Symbol | undefined) =>
    ts.displayPartsToString(symbol?.getDocumentationComment(checker)).replaceAll(/\s+/g, ' ');
  const sections = members.flatMap((member) => {
    const properties = member.getProperties();
    const valueOf = (property: ts.Symbol) =>
      checker.typeToString(checker.getTypeOfSymbol(property), undefined, ts.TypeFormatFlags.NoTruncation);
    const name = properties.find((property) => property.name === 'type');
    const rows = properties
      .filter((property) => property !== name)
      .map((property) => [
        code(property.name + (property.flags & ts.SymbolFlags.Optional ? '?' : '')),
        code(valueOf(property).replace(/ \| undefined$/, '')),
        said(property),
      ]);
    return [
      `## ${name === undefined ? '' : valueOf(name).replaceAll('"', '')}`,
      said(member.symbol),
      table(['Field', 'Type', ''], rows),
    ];
  });
  return [intro, ...sections].join('\n\n');
}
