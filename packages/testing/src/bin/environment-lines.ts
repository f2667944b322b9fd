/** Shells whose syntax for variables is known. */
export type Shell = 'sh' | 'bash' | 'zsh' | 'fish' | 'powershell' | 'cmd';

/** Commands that set the variables, one a line. */
export function environmentLines(variables: Readonly<Record<string, string>>, shell: Shell): string[] {
  return Object.entries(variables).map(([name, value]) => line(name, value, shell));
}

function line(name: string, value: string, shell: Shell): string {
  switch (shell) {
    case 'powershell':
      return `$env:${name} = '${value.replaceAll("'", "''")}'`;
    case 'cmd':
      return `set "${name}=${value}"`;
    case 'fish':
      return `set -gx ${name} ${quoted(value)}`;
    default:
      return `export ${name}=${quoted(value)}`;
  }
}

/** A plain value stays as it is, for people and for programs that split at `=`. */
function quoted(value: string): string {
  return /^[\w@%+=:,./-]+$/.test(value) ? value : `'${value.replaceAll("'", String.raw`'\''`)}'`;
}

/** The text of an env file, as `node --env-file`, Docker and dotenv read it. */
export function environmentFile(variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables)
    .map(([name, value]) => `${name}=${/[\s#"'`\\$]/.test(value) ? fenced(value) : value}\n`)
    .join('');
}

/** Uses a kind of quotes that is not in the value: none of the readers can escape quotes. */
function fenced(value: string): string {
  const quote = ["'", '"', '`'].find((sign) => !value.includes(sign)) ?? "'";
  return quote + value + quote;
}
