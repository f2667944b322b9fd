/** A value as an error message shows it: short, and hidden if it could be a secret. */
export function found(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null || typeof value === 'boolean' || typeof value === 'number') return String(value);
  if (typeof value === 'string') return text(value);
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

function text(value: string): string {
  if (value.trim() === '') return 'an empty text';
  if (value.length > 60 || looksSecret(value)) return `a text of ${value.length} characters`;
  return JSON.stringify(value);
}

/** Long runs of letters and digits are usually keys or tokens. */
function looksSecret(value: string): boolean {
  return /[A-Za-z0-9+/=_]{24,}/.test(value) && /\d/.test(value);
}
